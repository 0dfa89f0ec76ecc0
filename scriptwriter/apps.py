from django.apps import AppConfig


class ScriptwriterConfig(AppConfig):
    name = "scriptwriter"

    def ready(self) -> None:
        from scriptwriter import metrics  # noqa: F401 - adds its figures
