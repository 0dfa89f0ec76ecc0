from django.apps import AppConfig


class WorldgenConfig(AppConfig):
    name = "worldgen"
    verbose_name = "Worlds"

    def ready(self) -> None:
        from worldgen import phases

        phases.check()
