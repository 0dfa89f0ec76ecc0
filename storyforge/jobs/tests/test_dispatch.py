"""Whose turn it is: fair between accounts, bounded by slots, rung again when a message is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from storyforge.accounts.models import User
from storyforge.jobs import dispatch, due
from storyforge.jobs.create import MAX_WAITING, create_job
from storyforge.jobs.errors import QueueFull
from storyforge.jobs.models import Job, Worker
from storyforge.projects.models import Project


@pytest.fixture
def worker(db):
    return Worker.objects.create(name="w", queues=["cpu"], slots=2)


def picked():
    return [ring.job_id for ring in due.pick()]


def test_a_due_job_is_picked_once(job, worker):
    assert picked() == [job.pk]
    assert picked() == []


def test_a_job_nobody_claimed_is_rung_again(job, worker):
    picked()
    Job.objects.filter(pk=job.pk).update(dispatched_at=Now() - timedelta(seconds=16))
    assert picked() == [job.pk]


def test_nothing_is_picked_without_a_live_worker(job, worker):
    Worker.objects.update(beat_at=Now() - timedelta(minutes=1))
    assert picked() == []


def test_no_more_than_the_slots_and_two_ahead(kind, project, worker):
    for _ in range(9):
        create_job(kind.kind, project=project, actor=project.owner)
    assert len(picked()) == worker.slots + due.AHEAD
    assert picked() == []


def test_a_flood_does_not_hold_up_another_account(kind, project, worker):
    for _ in range(20):
        create_job(kind.kind, project=project, actor=project.owner)
    other = User.objects.create_user("dora@example.org", "a long password 1")
    small = create_job(kind.kind, project=Project.start(other, name="Small"), actor=other)
    assert small.pk in picked()[:2]


def test_an_account_has_at_most_its_cap_in_flight(kind, project, worker, settings):
    settings.JOBS_PER_ACCOUNT = 1
    for _ in range(3):
        create_job(kind.kind, project=project, actor=project.owner)
    assert len(picked()) == 1


def test_what_is_not_due_waits(job, worker):
    Job.objects.update(run_after=Now() + timedelta(minutes=1))
    assert picked() == []


def test_a_runaway_client_is_told_to_wait(kind, project):
    for _ in range(MAX_WAITING):
        create_job(kind.kind, project=project, actor=project.owner)
    with pytest.raises(QueueFull):
        create_job(kind.kind, project=project, actor=project.owner)


def test_a_job_that_nobody_starts_within_a_day_ends(job):
    Job.objects.filter(pk=job.pk).update(created_at=Now() - timedelta(hours=25))
    assert dispatch.expire() == 1
    job.refresh_from_db()
    assert (job.status, job.state) == ("failed", "expired")
    assert job.error["error_code"] == "queue_timeout"
    assert dispatch.expire() == 0


def test_a_paused_job_may_wait_for_longer(job):
    job.pause()
    Job.objects.filter(pk=job.pk).update(created_at=Now() - timedelta(hours=25))
    assert dispatch.expire() == 0
