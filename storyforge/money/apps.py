from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MoneyConfig(AppConfig):
    name = "storyforge.money"
    label = "money"

    def ready(self) -> None:
        from storyforge.money import usage as usage  # declares what an export holds
        from storyforge.money.plans import ship

        post_migrate.connect(ship, sender=self, dispatch_uid="storyforge.money.plans")
