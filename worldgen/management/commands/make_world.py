from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from storyforge.accounts.models import User
from storyforge.core.acting import acting_as
from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from worldgen.headless import make_world, wait_for_world, write_world

PREMISE = (
    "A coast where the tide gives back what it took: drowned bells ring before each storm, and the"
    " salt lords of Varrow sell passage over the flats to anyone who asks no questions."
)
SECONDS = 600


class Command(BaseCommand):
    """A world through real jobs, with a progress display. Needs running workers."""

    help = "Make a world from a premise and a party, and write it as JSON and Markdown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--premise", default=PREMISE)
        parser.add_argument("--party", type=Path, help="a JSON list of player characters")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--size", choices=("small", "standard", "large"), default="standard")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        party = _party(options["party"])
        self.shown = ""
        try:
            actor, _ = User.objects.get_or_create(email="demo@localhost", defaults={"name": "Demo"})
            with acting_as(actor.pk):
                project = Project.start(actor, name="A world")
                campaign, job = make_world(
                    project,
                    actor=actor,
                    premise=options["premise"],
                    party=party,
                    random_seed=options["seed"],
                    size=options["size"],
                )
                wait_for_world(job, show=self.show, seconds=SECONDS)
                written = write_world(campaign, job, options["out"])
        except StoryforgeError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        for line in written:
            self.stdout.write(f"  {line}")

    def show(self, job: Job) -> None:
        """One line that moves on a terminal; elsewhere one for each new label."""
        label = job.progress_label or job.state
        line = f"{job.progress_done:>3} of {job.progress_total:<3} {label}"
        if sys.stdout.isatty():
            self.stdout.write(f"\r\033[K{line}", ending="\n" if job.is_terminal else "")
            self.stdout.flush()
        elif label != self.shown:
            self.stdout.write(line)
        self.shown = label


def _party(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        party = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no JSON file that can be read.") from error
    if not isinstance(party, list) or not all(isinstance(pc, dict) for pc in party):
        raise CommandError(f"{path} is no list of player characters.")
    return party
