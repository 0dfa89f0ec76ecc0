"""The journey of whole novels by rules, as jobs: seconds of the import, the analysis, the plot and a chapter's script.

One process does all jobs, one after the other; a job's seconds are from its claim to its end, with all that is saved. The
last row is a script of about 120 pages as PDF: layout, start of the child process, typesetting. Run by `make bench`, or
`python -m storyforge.launcher servers python -m tests.bench.bench_journey [book ...]`; needs shared/data.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_formats import SHARED, best, feature
from tests.bench.plain_django import set_up

BOOKS = ("pride_and_prejudice", "dracula_pg_latin1_toc", "treasure_island")
AIMS = {"book.import": "3 s", "book.analysis": "10 s"}  # of 120,000 words


def steps(project: Any, name: str, content: bytes) -> Iterator[tuple[str, int, Any]]:
    """Each step of a book: its kind, the words of the book, its job, ended."""
    from scriptwriter.imports import start_import
    from storyforge.generation.requests import request_generation
    from storyforge.jobs.runner import run_due

    book, job = start_import(
        project=project, actor=project.owner, filename=f"{name}.txt", content=content
    )
    targets: list[tuple[str, Any]] = [("book.analysis", book), ("plot.overview", book)]
    words = len(content.split())
    while True:
        run_due()
        job.refresh_from_db()
        yield job.kind, words, job
        if not targets:
            return
        if job.kind == "book.import":
            longest = max(book.chapters.all(), key=lambda c: c.end - c.start)
            targets.append(("script.adapt", longest))
        kind, target = targets.pop(0)
        job = request_generation(kind, target=target, actor=project.owner, body={"writer": "rules"})


def main() -> None:
    """Print the table."""
    set_up()
    from django.core.management import call_command

    from scriptwriter.formats.fountain import parse
    from scriptwriter.formats.pdf import screenplay_pdf
    from storyforge.accounts.models import User
    from storyforge.core.acting import Door, acting_as
    from storyforge.projects.models import Project

    call_command("migrate", verbosity=0)
    print("| book | words | step | seconds | aim |\n| --- | --- | --- | --- | --- |")
    with acting_as(None, door=Door.ADMIN):
        user = User.objects.create_user("bench@example.org", "a long password 1")
        project = Project.start(user, name="Bench")
        for name in sys.argv[1:] or BOOKS:
            content = (SHARED / "books" / "txt" / f"{name}.txt").read_bytes()
            for kind, words, job in steps(project, name, content):
                if job.status != "completed":
                    raise SystemExit(f"{kind} of {name} ended as {job.status}: {job.error}")
                took = (job.completed_at - job.started_at).total_seconds()
                print(f"| {name} | {words:,} | {kind} | {took:.2f} | {AIMS.get(kind, '')} |")
    script = parse(feature())
    pdf = best(lambda: screenplay_pdf(script, scene_numbers=True))
    print(f"| made here | | PDF of 120 pages, best of 3 | {pdf:.2f} | 1.5 s |")


if __name__ == "__main__":
    main()
