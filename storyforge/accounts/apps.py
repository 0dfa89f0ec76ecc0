from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "storyforge.accounts"
    label = "accounts"
