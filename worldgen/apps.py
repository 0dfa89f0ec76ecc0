from django.apps import AppConfig


class WorldgenConfig(AppConfig):
    name = "worldgen"
    verbose_name = "Worlds"

    def ready(self) -> None:
        from storyforge.jobs import registry
        from worldgen import phases
        from worldgen.exchange import staging
        from worldgen.runs import run_life

        phases.check()
        registry.keep_secret("world.")
        run_life.listen()
        staging.listen()
