from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "storyforge.core"
    label = "core"
