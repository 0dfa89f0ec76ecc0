"""The whole book becomes a screenplay: a run of one adaptation a chapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from pydantic import Field

from scriptwriter.generations.script_adapt import AdaptRequest
from scriptwriter.models import Book, Chapter, Script
from storyforge.core.errors import StateConflict, StoryforgeError
from storyforge.generation.spec import GenerationRun
from storyforge.jobs import orders
from storyforge.jobs.models import Job
from storyforge.jobs.runs import NewUnit, Plan, UnitSeen

UNIT = "script.adapt"


class NothingMade(StoryforgeError):
    """Not one part of this could be made; the jobs of the parts say why."""

    code = "nothing_made"
    status = 500


class BookAdaptRequest(AdaptRequest):
    """Which chapters, beside the wishes for each of them."""

    chapters: list[int] = Field(
        default_factory=list, max_length=2_000, description="Their numbers; empty: all of them."
    )
    only_missing: bool = Field(
        default=False, description="Leave out the chapters that have a script already."
    )


class BookAdapt(GenerationRun):
    kind = "book.adapt"
    label = "Turn the whole book into a screenplay"
    help = "Each chapter becomes a script of its own; several are written at the same time."
    target = Book
    request = BookAdaptRequest

    def plan_for(
        self, target: Book, request: BookAdaptRequest, run: Job, units: Sequence[UnitSeen]
    ) -> Plan:
        wanted = self._wanted(target, request, run, {unit.key for unit in units})
        if not wanted:
            raise StateConflict("No chapter of this book is left to be turned into a script.")
        ended = [unit for unit in units if unit.status in Job.TERMINAL]
        if len(ended) < len(wanted):
            return Plan(
                units=wanted, done=len(ended), total=len(wanted), label="Writing the chapters"
            )
        return _result(ended)

    def most_micros(self, target: Book, request: BookAdaptRequest, *, writer: str) -> int:
        unit, chapters = orders.asked(UNIT), _chapters(target, request)
        return sum(unit.most_micros(chapter, request, writer=writer) for chapter in chapters)

    def _wanted(
        self, book: Book, request: BookAdaptRequest, run: Job, begun: set[str]
    ) -> list[NewUnit]:
        """Every unit of this run, in the order of the chapters; the begun ones stay."""
        rows = _chapters(book, request).annotate(
            has_script=Exists(Script.objects.filter(chapter=OuterRef("pk")))
        )
        wishes = request.model_dump(mode="json", exclude={"chapters", "only_missing"})
        return [
            NewUnit(
                key=key,
                kind=UNIT,
                target_type="chapter",
                target_id=pk,
                input=wishes,
                writer=run.writer,
            )
            for pk, number, has_script in rows.values_list("pk", "number", "has_script")
            if (key := f"chapter {number}") in begun or not (has_script and request.only_missing)
        ]


def _chapters(book: Book, request: BookAdaptRequest) -> QuerySet[Chapter]:
    """The chapters that were asked for, in order."""
    chapters = book.chapters.order_by("number")
    return chapters.filter(number__in=request.chapters) if request.chapters else chapters


def _result(ended: Sequence[UnitSeen]) -> Plan:
    """Finished; with holes where a chapter failed."""
    made = [unit for unit in ended if unit.status == Job.Status.COMPLETED]
    result: dict[str, Any] = {
        "created": [row for unit in made for row in (unit.result or {}).get("created", [])],
        "missing": [unit.key for unit in ended if unit not in made],
    }
    return Plan(
        done=len(made),
        total=len(ended),
        finished=bool(made),
        partial=len(made) < len(ended),
        failed=None if made else NothingMade(),
        result=result,
    )
