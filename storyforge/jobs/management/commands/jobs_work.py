from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from storyforge.jobs.runner import run_due


class Command(BaseCommand):
    """Work without Celery: for tiny installations and for tests."""

    help = "Do all due jobs straight from the table, then stop."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{run_due()} jobs done")
