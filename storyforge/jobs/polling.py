"""A job that is asked for again and again: what is read of it, and by what an unchanged one is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from storyforge.accounts.models import User
from storyforge.core.api import etag_of
from storyforge.jobs.costs import Cost, of_units
from storyforge.jobs.models import Job
from storyforge.jobs.places import places
from storyforge.projects.access import get_visible

UNSHOWN = ("input", "result", "quotas", "lease_until", "dispatched_at")  # in no job's body
FORM = 1  # of the body; another one makes every known tag an old one


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
    job = get_visible(Job.objects.defer(*UNSHOWN), user, pk=pk)
    line = places([job.pk]) if job.status == Job.Status.PENDING else {}
    units = of_units([job])
    shown = (value for name, value in sorted(vars(job).items()) if not name.startswith("_"))
    tag = etag_of(FORM, *shown, line.get(job.pk), units.get(job.pk), job.is_expired)
    return Polled(job=job, places=line, units=units, tag=tag)
