"""What is kept how long, and that somebody looks each hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from storyforge.accounts.models import AuditEntry
from storyforge.core.acting import Door, acting_as
from storyforge.generation.models import Receipt
from storyforge.jobs import upkeep
from storyforge.jobs.models import Checkup, Job, JobEvent, JobStep, ProviderCall, Worker
from storyforge.money.models import LedgerEntry, Quota
from tests.make import make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ended(project, days, **fields):
    """A job that ended so many days ago, with an event and a step."""
    then = NOW - timedelta(days=days)
    fields = {"status": "completed", "completed_at": then, "result": {}, "event_seq": 1, **fields}
    job = make(Job, project, **fields)
    JobEvent.objects.create(job=job, seq=1, type="job.completed")
    JobStep.objects.create(job=job, name="one", fence=0, output={})
    return job


def entry(days, **fields):
    return LedgerEntry.objects.create(
        at=NOW - timedelta(days=days),
        job_id="6f1c9c43-8a47-4c55-9d6c-55b0d1c3d7f1",
        **{"step": f"{days}", "fence": 1, "outcome": "answered", "model": "m", **fields},
    )


def test_jobs_are_kept_for_thirty_days_and_their_events_for_seven(project):
    fresh, week, month = (ended(project, days) for days in (6, 8, 31))
    waiting = make(Job, project, created_at=NOW - timedelta(days=90))
    upkeep.purge()
    assert set(Job.objects.all()) == {fresh, week, waiting}
    assert set(JobEvent.objects.values_list("job", flat=True)) == {fresh.pk}
    assert set(JobStep.objects.values_list("job", flat=True)) == {fresh.pk, week.pk}
    assert not Job.objects.filter(pk=month.pk).exists()


def test_a_job_stays_as_long_as_its_receipt_explains_something(project):
    old = ended(project, 31)
    Receipt.objects.create(project=project, job=old, step="one", writer="rules")
    upkeep.purge()
    assert Job.objects.filter(pk=old.pk).exists()
    assert not JobStep.objects.exists()


def test_a_run_goes_with_its_units_or_stays_with_them(project):
    gone, kept = ended(project, 31, is_run=True), ended(project, 31, is_run=True)
    ended(project, 31, parent=gone, unit_key="a")
    holding = ended(project, 31, parent=kept, unit_key="a")
    Receipt.objects.create(project=project, job=holding, step="one", writer="rules")
    upkeep.purge()
    assert set(Job.objects.all()) == {kept, holding}


def test_money_is_kept_for_thirteen_months(project):
    budget = make(Quota, project, scope="project", starts_on=None, project_id=project.pk)
    spent_long_ago = entry(401, quotas=[budget.pk])
    young = entry(399)
    entry(402)
    old_month = make(Quota, project, starts_on=(NOW - timedelta(days=480)).date())
    month = make(Quota, project, starts_on=(NOW - timedelta(days=300)).date())
    upkeep.purge()
    assert set(LedgerEntry.objects.all()) == {young, spent_long_ago}
    assert set(Quota.objects.all()) == {budget, month}
    assert not Quota.objects.filter(pk=old_month.pk).exists()


def test_a_worker_that_was_killed_is_forgotten_after_a_day():
    """A worker that is stopped takes its own row away; a killed one is another process when it comes back."""
    for name, hours in (("now", 0), ("lately", 23), ("long ago", 25)):
        beat = Now() - timedelta(hours=hours)
        Worker.objects.create(name=name, queues=["cpu"], slots=1, beat_at=beat)
    upkeep.purge()
    assert set(Worker.objects.values_list("name", flat=True)) == {"now", "lately"}


def test_a_purge_takes_a_batch_at_a_time(project, monkeypatch):
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for _ in range(3):
        ended(project, 31)
    assert upkeep.purge()["jobs"] == 2
    assert upkeep.purge()["jobs"] == 1


def test_one_dispatcher_an_hour_purges_and_looks(project):
    ended(project, 31)
    broken = ended(project, 1, attempt=9)
    found = upkeep.upkeep_when_due()
    assert [each["code"] for each in found.broken] == ["I6"]
    assert str(broken.pk) in found.broken[0]["rows"][0]
    assert list(Job.objects.all()) == [broken]
    assert upkeep.upkeep_when_due() is None
    Checkup.objects.update(at=Now() - timedelta(minutes=61))
    assert upkeep.upkeep_when_due() is not None


def test_a_call_of_a_job_deleted_while_it_ran_is_paid_by_the_house(project):
    job = make(Job, project)
    call = job.calls.create(
        step="one", fence=1, model="m", price_version="1", worst_micros=700,
        started_at=NOW - timedelta(hours=2),
    )  # fmt: skip
    job.delete()
    upkeep.upkeep_when_due()
    assert ProviderCall.objects.get(pk=call.pk).outcome == "unknown"
    assert LedgerEntry.objects.get().house_micros == 700


def trace(days):
    return AuditEntry.objects.create(
        at=NOW - timedelta(days=days), action=f"{days}", status=200, request_id="r", address="a"
    )


def test_audit_rows_are_kept_as_long_as_the_operator_says(settings):
    settings.AUDIT_KEPT_DAYS = 90
    old, young = trace(91), trace(89)
    upkeep.purge()
    assert list(AuditEntry.objects.all()) == [young]
    assert old.action == "91"


@pytest.mark.parametrize(("days", "door"), [(29, Door.ADMIN), (400, Door.SHUT), (400, Door.JOBS)])
def test_the_database_keeps_audit_rows_from_everybody_else(days, door):
    row = trace(days)
    with acting_as(None, door=door), pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=row.pk).delete()
    assert AuditEntry.objects.filter(pk=row.pk).exists()
