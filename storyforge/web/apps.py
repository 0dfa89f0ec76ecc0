from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "storyforge.web"
    label = "web"
