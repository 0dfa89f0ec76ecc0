from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scriptwriter.journey import travel, wait_by_polling, write_results
from storyforge.accounts.models import User
from storyforge.core.acting import acting_as
from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job
from storyforge.jobs.registry import get
from storyforge.projects.models import Project

BAR = 24
SECONDS = 600  # of one step without an end


class Command(BaseCommand):
    """The journey of a book through real jobs, with a progress display. Needs running workers."""

    help = "Turn a book into plot, cast and a chapter's screenplay, and write the results."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--book", type=Path, required=True)
        parser.add_argument("--chapter", type=int, default=1)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["book"]
        self.shown: dict[Any, str] = {}
        try:
            content = path.read_bytes()
            actor, _ = User.objects.get_or_create(email="demo@localhost", defaults={"name": "Demo"})
            with acting_as(actor.pk):
                journey = travel(
                    project=Project.start(actor, name=path.stem),
                    actor=actor,
                    filename=path.name,
                    content=content,
                    chapter=options["chapter"],
                    wait=lambda jobs: wait_by_polling(jobs, show=self.show, seconds=SECONDS),
                )
                written = write_results(journey, options["out"])
        except OSError as error:
            self.stderr.write(f"{error.filename or path}: {error.strerror or error}")
            sys.exit(1)
        except StoryforgeError as error:
            self.stderr.write(f"{path.name}: {error.message}")
            sys.exit(1)
        self.stdout.write("")
        for file in written:
            self.stdout.write(f"  {file}")

    def show(self, job: Job) -> None:
        """One line a job; on a terminal it moves, elsewhere only its end is printed."""
        total = max(1, job.progress_total)
        done = total if job.status == Job.Status.COMPLETED else job.progress_done
        filled = BAR * done // total
        label = job.status if job.is_terminal else job.progress_label or job.state
        line = f"{get(job.kind).label:<28} {'█' * filled}{'░' * (BAR - filled)} {label[:40]}"
        if self.shown.get(job.pk) == line:
            return
        self.shown[job.pk] = line
        if sys.stdout.isatty():
            end = "\n" if job.is_terminal else ""
            self.stdout.write(f"\r\033[K{line}", ending=end)
            self.stdout.flush()
        elif job.is_terminal:
            self.stdout.write(line)
