from django.apps import AppConfig


class WorldgenConfig(AppConfig):
    name = "worldgen"
    verbose_name = "Worlds"

    def ready(self) -> None:
        from storyforge.jobs import registry
        from worldgen import (  # noqa: F401 - registers kinds, and a part of the sample
            generations,
            handlers,
            phases,
            run_life,
            sample,
        )

        phases.check()
        registry.keep_secret("world.")
        run_life.listen()
