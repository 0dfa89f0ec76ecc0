from django.apps import AppConfig
from django.db.backends.signals import connection_created

from storyforge.core.acting import listen


class CoreConfig(AppConfig):
    name = "storyforge.core"
    label = "core"

    def ready(self) -> None:
        connection_created.connect(listen, dispatch_uid="storyforge.core.acting")
