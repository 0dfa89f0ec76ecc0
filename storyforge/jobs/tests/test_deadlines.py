"""How long a job may take: from its first start, waits included, pauses not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import dispatch, due, registry, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import DeadlineExceeded
from storyforge.jobs.models import BreakerOpen, Job
from storyforge.jobs.runner import run, run_due
from storyforge.jobs.runs import NewUnit, Plan, RunHandler

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class ComeLater(StoryforgeError):
    """The provider says when to come back."""

    code = "come_later"
    retryable = True


class Single(RunHandler):
    """One unit."""

    kind = "test.single"
    label = "Single"

    def plan(self, run, units):
        ended = [unit for unit in units if unit.status in Job.TERMINAL]
        new = [NewUnit(key="a", kind="test.scripted")]
        return Plan(units=new, done=len(ended), total=1, finished=bool(ended))


@pytest.fixture
def started(kind, project):
    """A run after its first pass, and its unit."""
    handler = Single()
    registry.register(handler)
    job = create_job(handler.kind, project=project, actor=project.owner)
    run(job)
    yield reload(job), Job.objects.get(parent=job)
    del registry._handlers[handler.kind]


def reload(job):
    return Job.objects.get(pk=job.pk)


def end(job):
    job = reload(job)
    return job.status, job.error and job.error["error_code"]


def late(job, by=timedelta(seconds=1)):
    Job.objects.filter(pk=job.pk).update(deadline_at=Now() - by)


def left(job):
    """Seconds until its deadline."""
    return Job.objects.annotate(left=F("deadline_at") - Now()).get(pk=job.pk).left.total_seconds()


def raising(kind, error):
    def work(execution):
        raise error

    kind.work = work


@pytest.mark.parametrize(("seconds", "status"), [(3_600, "failed"), (5, "pending")])
def test_a_wait_that_ends_after_the_deadline_is_not_begun(job, kind, seconds, status):
    error = ComeLater()
    error.retry_after = seconds  # the kind has a minute
    raising(kind, error)
    assert run(job)
    code = {"failed": DeadlineExceeded.code, "pending": ComeLater.code}[status]
    assert end(job) == (status, code)


def test_a_provider_that_rests_for_hours_does_not_keep_a_job_for_hours(job, kind):
    raising(kind, BreakerOpen())
    assert run(job)
    assert end(job) == ("pending", BreakerOpen.code)
    Job.objects.update(run_after=Now(), deadline_at=F("deadline_at") - timedelta(seconds=31))
    assert run(reload(job))
    assert end(job) == ("failed", DeadlineExceeded.code)


def test_a_job_that_waits_beyond_its_deadline_is_ended_and_not_started(job, kind):
    assert job.claim()
    job.put_back(seconds=0)
    late(job)
    assert due.next_due() is None
    assert not reload(job).claim()
    assert dispatch.expire() == 1
    assert end(job) == ("failed", DeadlineExceeded.code)
    assert kind.runs == 0
    assert reload(job).events.last().type == "job.failed"


def test_a_late_job_whose_worker_stops_is_ended(job):
    assert job.claim()
    late(job)
    assert trees.put_back(job, seconds=0)
    assert end(job) == ("failed", DeadlineExceeded.code)


def test_a_late_run_stops_its_units_and_then_fails(started):
    job, unit = started
    assert unit.claim()
    late(job)
    dispatch.expire()
    assert (end(job), reload(unit).state) == (("pending", None), "canceling")
    assert reload(unit).end_canceled()
    dispatch.expire()
    assert end(job) == ("failed", DeadlineExceeded.code)


def test_a_late_unit_is_a_hole_in_its_run(started, kind):
    job, unit = started
    assert unit.claim()
    unit.put_back(seconds=0)
    late(unit)
    dispatch.expire()
    assert end(unit) == ("failed", DeadlineExceeded.code)
    run_due()
    assert (end(job), kind.runs) == (("completed", None), 0)


def test_a_late_run_that_was_canceled_ends_canceled(started):
    job, unit = started
    assert unit.claim()
    trees.cancel(job)
    late(job)
    dispatch.expire()
    assert reload(unit).end_canceled()
    run_due()
    assert end(job) == ("canceled", None)


def test_the_clock_of_a_paused_job_stands_still(job):
    assert job.claim()
    job.put_back(seconds=0)
    before = left(job)
    assert reload(job).pause()
    Job.objects.update(deadline_at=F("deadline_at") - HOUR, paused_at=F("paused_at") - HOUR)
    assert dispatch.expire() == 0
    assert reload(job).resume()
    assert dispatch.expire() == 0
    assert before - 30 < left(job) <= before
    assert run_due() == 1


def test_the_clocks_of_a_paused_run_stand_still(started):
    job, unit = started
    assert unit.claim()
    unit.put_back(seconds=0)
    before = left(job), left(unit)
    assert reload(job).pause()
    Job.objects.update(deadline_at=F("deadline_at") - HOUR, paused_at=F("paused_at") - HOUR)
    assert dispatch.expire() == 0
    assert reload(job).resume()
    assert all(
        was - 30 < now <= was for was, now in zip(before, (left(job), left(unit)), strict=True)
    )
    run_due()
    assert end(job) == ("completed", None)


def test_the_day_within_which_somebody_has_to_start_begins_anew_after_a_pause(job):
    job.pause()
    ago = timedelta(hours=25)
    Job.objects.update(run_after=F("run_after") - ago, paused_at=F("paused_at") - ago)
    assert dispatch.expire() == 0
    assert reload(job).resume()
    assert dispatch.expire() == 0
    assert run_due() == 1
