from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand

from storyforge.jobs.dispatch import Dispatcher


class Command(BaseCommand):
    """A dispatcher on its own; each worker runs one already."""

    help = "Find due jobs and ring the workers, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        dispatcher = Dispatcher()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: dispatcher.stop())
        dispatcher.run()
