from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class ProjectsConfig(AppConfig):
    name = "storyforge.projects"
    label = "projects"

    def ready(self) -> None:
        from storyforge.projects import masonry

        pre_migrate.connect(masonry.open_for_migrations, sender=self)
        post_migrate.connect(masonry.build, sender=self)
        register(masonry.look, Tags.database)
