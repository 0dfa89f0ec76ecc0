from django.apps import AppConfig


class WorldgenConfig(AppConfig):
    name = "worldgen"
    verbose_name = "Worlds"

    def ready(self) -> None:
        from worldgen import generations, handlers, phases, run_life  # noqa: F401 - registers the kinds

        phases.check()
        run_life.listen()
