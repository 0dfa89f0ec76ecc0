"""The main job from end to end: a book becomes plot, cast and a chapter's screenplay, as jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canon.models import Character
from scriptwriter import documents, exports
from scriptwriter.imports import start_import
from scriptwriter.models import Book, Chapter, ScriptVersion
from storyforge.accounts.models import User
from storyforge.core.errors import NotFound, StoryforgeError
from storyforge.generation.models import Receipt
from storyforge.generation.requests import request_generation
from storyforge.jobs.models import Job
from storyforge.projects.models import Project

PROFILES = 4  # the most present characters get a profile


class JourneyFailed(StoryforgeError):
    """A job of the journey failed."""

    code = "journey_failed"
    status = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """What a journey made."""

    book: Book
    chapter: Chapter
    version: ScriptVersion
    jobs: tuple[Job, ...]


def travel(
    *,
    project: Project,
    actor: User,
    filename: str,
    content: bytes,
    chapter: int,
    wait: Callable[[list[Job]], None],
) -> Journey:
    """Ask for each step when the one before is done. `wait` returns when all jobs have ended.

    Raises `JourneyFailed` with the job's own sentence, `NotFound` for a chapter the book has not.
    """
    done: list[Job] = []

    def step(*jobs: Job) -> None:
        wait(list(jobs))
        for job in jobs:
            job.refresh_from_db()
            if job.status != Job.Status.COMPLETED:
                reason = job.error["message"] if job.error else f"The job is {job.status}."
                raise JourneyFailed(f"{job.kind}: {reason}")
        done.extend(jobs)

    def generate(kind: str, target: Any) -> Job:
        return request_generation(kind, target=target, actor=actor, body={})

    book, job = start_import(project=project, actor=actor, filename=filename, content=content)
    step(job)
    row = book.chapters.filter(number=chapter).first()
    if row is None:
        raise NotFound(f"This book has chapters 1 to {book.chapters.count()}.")
    step(generate("book.analysis", book))
    step(generate("plot.overview", book), *[generate("character.profile", c) for c in _leads(book)])
    job = generate("script.adapt", row)
    step(job)
    book.refresh_from_db()
    version = ScriptVersion.objects.get(job=job)
    return Journey(book=book, chapter=row, version=version, jobs=tuple(done))


def _leads(book: Book) -> list[Character]:
    return list(book.characters.filter(is_active=True)[:PROFILES])


def wait_by_polling(jobs: list[Job], *, show: Callable[[Job], None], seconds: float) -> None:
    """Watch the rows until all have ended; raises `JourneyFailed` after `seconds`."""
    limit = time.monotonic() + seconds
    live = {job.pk: job for job in jobs}
    while live:
        for job in Job.objects.filter(pk__in=live):
            show(job)
            if job.is_terminal:
                del live[job.pk]
        if live and time.monotonic() > limit:
            raise JourneyFailed("Nothing moves: is a worker running?")
        time.sleep(0.1)


def write_results(journey: Journey, out: Path) -> list[Path]:
    """book.json, plot.json, characters.json, script.fountain, script.pdf and receipts.json."""
    out.mkdir(parents=True, exist_ok=True)
    files = {
        "book.json": documents.book(journey.book),
        "plot.json": documents.plot(journey.book),
        "characters.json": documents.cast(journey.book),
        "receipts.json": list(_receipts(journey)),
    }
    written = []
    for name, document in files.items():
        path = out / name
        path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
        written.append(path)
    for name in ("fountain", "pdf"):
        path = out / f"script.{name}"
        path.write_bytes(exports.export(journey.version, name).content)
        written.append(path)
    return written


def _receipts(journey: Journey) -> Iterator[dict[str, Any]]:
    by_job: dict[Any, list[Receipt]] = {}
    for receipt in Receipt.objects.filter(job__in=journey.jobs):
        by_job.setdefault(receipt.job_id, []).append(receipt)
    for job in journey.jobs:
        yield {
            "kind": job.kind,
            "writer": job.writer,
            "seconds": round((job.completed_at - job.started_at).total_seconds(), 2)
            if job.completed_at and job.started_at
            else None,
            "input_tokens": job.input_tokens,
            "output_tokens": job.output_tokens,
            "cost_usd": job.spent_micros / 1_000_000,
            "steps": [
                {
                    "step": r.step,
                    "writer": r.writer,
                    "model": r.model,
                    "prompt_hash": r.prompt_hash,
                    "inputs": r.items,
                    "input_tokens": r.input_tokens,
                    "output_tokens": r.output_tokens,
                }
                for r in by_job.get(job.pk, [])
            ],
        }
