"""A job that is asked for again and again: what is read of it, and by what an unchanged one is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from storyforge.accounts.models import User
from storyforge.core.api import etag_of
from storyforge.core.errors import NotFound
from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns
from storyforge.jobs.costs import Cost, of_units
from storyforge.jobs.models import Job
from storyforge.jobs.models.row import KEPT
from storyforge.jobs.places import places
from storyforge.projects.access import MEMBER, roles_for
from storyforge.projects.roles import Action

UNSHOWN = (
    "input",
    "result",
    "quotas",
    "lease_until",
    "dispatched_at",
    "max_cost_micros",
)  # in no job's body
# Asked by every page every two seconds.
READ = """
SELECT {shown}, completed_at <= statement_timestamp() - interval '{kept} days'
FROM jobs_job content {member} WHERE content.id = %(pk)s
"""
FORM = 3  # of the body; another one makes every known tag an old one


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """A job as a poll shows it, and the tag that changes with anything of it."""

    job: Job
    places: Mapping[UUID, int]
    units: Mapping[UUID, Cost]
    tag: str


def poll(user: User | AnonymousUser, pk: str) -> Polled:
    """The job, where the user may see it; raises `NotFound`.

    One query by its key; one more for a job that waits in line, and for a run.
    """
    job, values = _read(user, pk)
    line = places([job.pk]) if job.status == Job.Status.PENDING else {}
    units = of_units([job])
    tag = etag_of(FORM, *values, line.get(job.pk), units.get(job.pk))
    return Polled(job=job, places=line, units=units, tag=tag)


def _read(user: User | AnonymousUser, pk: str) -> tuple[Job, Sequence[Any]]:
    """The job, its columns' values, and whether its result has expired."""
    statement, shown = _shape()
    try:
        key = UUID(pk)
    except ValueError as error:
        raise NotFound from error
    values = statement.one(user=user.pk, roles=roles_for(Action.VIEW), pk=key)
    if values is None:
        raise NotFound
    return shown.row(values[:-1]), values


@cache
def _shape() -> tuple[Prepared, Columns[Job]]:
    shown = Columns(Job, "content", without=UNSHOWN)
    return Prepared("poll", READ.format(shown=shown.sql, member=MEMBER, kept=KEPT.days)), shown
