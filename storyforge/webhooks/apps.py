from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "storyforge.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from storyforge.webhooks import announcements

        announcements.listen()
