from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "storyforge.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from storyforge.jobs.upkeep import purge_also
        from storyforge.webhooks import announcements, retention

        announcements.listen()
        purge_also("deliveries", retention.purge)
