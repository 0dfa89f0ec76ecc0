"""What jobs have cost and used, a run together with its units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from storyforge.jobs.models import Job

FIELDS = ("spent_micros", "reserved_micros", "input_tokens", "output_tokens")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Micro-dollars spent and still set aside, and tokens: of a job and of the units it has."""

    spent_micros: int = 0
    reserved_micros: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


def cost_of(job: Job, units: dict[UUID, Cost]) -> Cost:
    """The job's own figures and those of its units, which `of_units` has counted."""
    rest = units.get(job.pk, Cost())
    return Cost(**{name: getattr(job, name) + getattr(rest, name) for name in FIELDS})


def of_units(jobs: Iterable[Job]) -> dict[UUID, Cost]:
    """The sums over the units of each run among the jobs: one query, none where there is no run.

    Counted from the units' rows, so it holds in the middle of a run and after any end of it. The
    caller may see the jobs.
    """
    runs = [job.pk for job in jobs if job.is_run]
    if not runs:
        return {}
    sums = {name: Sum(name) for name in FIELDS}
    rows = Job.objects.filter(parent__in=runs).order_by().values("parent_id").annotate(**sums)
    return {row.pop("parent_id"): Cost(**row) for row in rows}
