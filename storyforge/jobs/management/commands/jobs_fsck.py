from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from storyforge.jobs import fsck
from storyforge.jobs.upkeep import everything


class Command(BaseCommand):
    """Look whether jobs and money are as they must be."""

    help = "Check the fourteen invariants of jobs and money; exit code 1 where one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print what is broken as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        with everything():
            found = list(fsck.check())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(broken) for broken in found], indent=2))
        else:
            for broken in found:
                self.stdout.write(f"{broken.code} broken: {broken.text}")
                self.stdout.writelines(f"  {row}" for row in broken.rows)
            self.stdout.write(f"{len(fsck.INVARIANTS) - len(found)} of {len(fsck.INVARIANTS)} hold")
        if found:
            sys.exit(1)
