"""Work on the tables themselves: forgetting what need not be kept, and looking whether all is well.

A dispatcher does it each hour, as a row says that it is due: no clock's table plans it, and any number
of dispatchers may come by at the same time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from storyforge.accounts.models import AuditEntry
from storyforge.core.acting import Door, acting_as
from storyforge.jobs import fsck
from storyforge.jobs.models import Checkup, Job, JobEvent, JobStep, ProviderCall, Worker
from storyforge.jobs.models.row import KEPT
from storyforge.jobs.spending import book_orphans
from storyforge.money.models import KEPT_DAYS, LedgerEntry, Quota
from storyforge.projects import invitations

logger = logging.getLogger(__name__)

BATCH = 1_000  # rows one purge deletes, so that it holds no lock for long
ROUNDS = 100  # batches of each sort an hour
EVENTS_KEPT = timedelta(days=7)
EVERY = timedelta(hours=1)
CHECKUPS_KEPT = timedelta(days=30)
WORKERS_KEPT = timedelta(days=1)
FIGURES_KEPT = timedelta(days=KEPT_DAYS)  # of money; the database refuses to delete them sooner
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('storyforge.jobs.upkeep'))"

_spared: list[str] = []


def spare(relation: str) -> None:
    """Keep ended jobs with such rows: a receipt lives as long as what it explains."""
    if relation not in _spared:
        _spared.append(relation)


def purge_also(name: str, purge_one: Callable[[], int]) -> None:
    """Have a batch of rows of an app above purged each hour; `purge_one` returns how many were."""
    PURGES[name] = purge_one


def delete_batch(rows: QuerySet[Any]) -> int:
    """Delete the first `BATCH` of the rows; how many rows went, with those that hang on them."""
    batch = rows.order_by("pk").values("pk")[:BATCH]
    deleted: int = rows.model._default_manager.filter(pk__in=batch).delete()[0]
    return deleted


@contextmanager
def everything() -> Iterator[None]:
    """The rows of all projects, for nobody."""
    with acting_as(None, door=Door.ADMIN):
        yield


def upkeep_when_due() -> Checkup | None:
    """Purge, then look at the invariants, unless somebody began to within the hour."""
    with everything():
        checkup = _begin()
        if checkup is None:
            return None
        book_orphans()
        for _ in range(ROUNDS):
            if max(purge().values()) < BATCH:
                break
        checkup.broken = [asdict(broken) for broken in fsck.check()]
        Checkup.objects.filter(pk=checkup.pk).update(broken=checkup.broken, ended_at=Now())
    for broken in checkup.broken:
        logger.error(
            "invariant=%s rows=%d: %s", broken["code"], len(broken["rows"]), broken["text"]
        )
    return checkup


def purge() -> dict[str, int]:
    """Delete a batch of each sort of row that is kept no longer; how many of each.

    Ended jobs after 30 days, with their steps; events 7 days after the end; money and calls after
    thirteen months. The caller sees the rows of all projects.
    """
    return {name: purge_one() for name, purge_one in PURGES.items()}


def _begin() -> Checkup | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        (mine,) = cursor.fetchone()
        if not mine or Checkup.objects.filter(at__gt=Now() - EVERY).exists():
            return None
        Checkup.objects.filter(at__lt=Now() - CHECKUPS_KEPT).delete()
        return Checkup.objects.create()


def _first(rows: QuerySet[Job]) -> list[UUID]:
    return list(rows.order_by("completed_at").values_list("pk", flat=True)[:BATCH])


def _jobs() -> int:
    """Jobs that nothing explains itself by; a run goes with its units, when the run's time has come."""
    ended = Job.objects.filter(status__in=Job.TERMINAL, completed_at__lt=Now() - KEPT, parent=None)
    for relation in _spared:
        holding = Job.objects.filter(**{f"{relation}__isnull": False})
        ended = ended.exclude(Exists(holding.filter(pk=OuterRef("pk"))))
        ended = ended.exclude(Exists(holding.filter(parent=OuterRef("pk"))))
    batch = _first(ended)
    with transaction.atomic():
        Job.objects.filter(parent__in=batch).delete()
        Job.objects.filter(pk__in=batch).delete()
    return len(batch)


def _steps() -> int:
    """The answers in jobs that are over: what they made is saved, and nothing is repeated from them."""
    old = JobStep.objects.filter(job__completed_at__lt=Now() - KEPT)
    return delete_batch(old)


def _events() -> int:
    """All events of a job at once, so that what is left has no gaps."""
    told = Exists(JobEvent.objects.filter(job=OuterRef("pk")))
    over = Job.objects.filter(told, completed_at__lt=Now() - EVENTS_KEPT).order_by("completed_at")
    batch: list[UUID] = []
    rows = 0
    for pk, count in over.values_list("pk", "event_seq")[:BATCH]:
        if batch and rows + count > BATCH:
            break
        batch.append(pk)
        rows += count
    JobEvent.objects.filter(job__in=batch).delete()
    return rows


def _calls() -> int:
    return delete_batch(ProviderCall.objects.filter(started_at__lt=Now() - FIGURES_KEPT))


def _ledger() -> int:
    """Entries that count in a project's budget stay with it: no month of it ends."""
    budgets = ArraySubquery(Quota.objects.filter(scope=Quota.Scope.PROJECT).values("pk"))
    old = LedgerEntry.objects.filter(at__lt=Now() - FIGURES_KEPT).exclude(quotas__overlap=budgets)
    return delete_batch(old)


def _quotas() -> int:
    """Months and days after all their entries."""
    return delete_batch(
        Quota.objects.filter(starts_on__lt=Now() - FIGURES_KEPT - timedelta(days=62))
    )


def _traces() -> int:
    """Audit rows, by the operator's setting."""
    kept = timedelta(days=settings.AUDIT_KEPT_DAYS)
    return delete_batch(AuditEntry.objects.filter(at__lt=Now() - kept))


def _workers() -> int:
    """Those that were killed: one that is stopped takes its own row away."""
    return delete_batch(Worker.objects.filter(beat_at__lt=Now() - WORKERS_KEPT))


PURGES: dict[str, Callable[[], int]] = {
    "workers": _workers,
    "jobs": _jobs,
    "steps": _steps,
    "events": _events,
    "calls": _calls,
    "ledger": _ledger,
    "quotas": _quotas,
    "traces": _traces,
    "invitations": invitations.purge,
}
