from django.apps import AppConfig


class ScriptwriterConfig(AppConfig):
    name = "scriptwriter"
