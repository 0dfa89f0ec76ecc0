from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    name = "storyforge.accounts"
    label = "accounts"

    def ready(self) -> None:
        from storyforge.accounts.sessions import note_start

        user_logged_in.connect(note_start, dispatch_uid="sessions.note_start")
