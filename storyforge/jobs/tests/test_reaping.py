"""Jobs whose worker died: tried again, ended as canceled or late, given up after three deaths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from storyforge.jobs import dispatch
from storyforge.jobs.models import MAX_LOST, Job


@pytest.fixture
def dead(job):
    """A claimed job whose worker went away."""
    job.claim()
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    return job


def outcome(job):
    job.refresh_from_db()
    return job.state, job.error and job.error["error_code"]


def test_a_dead_workers_job_is_tried_again(dead):
    assert dispatch.reap() == 1
    assert outcome(dead) == ("retrying", "worker_lost")


def test_a_job_that_killed_its_worker_too_often_is_given_up(dead):
    Job.objects.filter(pk=dead.pk).update(lost=MAX_LOST - 1)
    dispatch.reap()
    assert outcome(dead) == ("failed", "worker_lost")


def test_a_worker_that_dies_in_the_last_attempt_ends_the_job(dead):
    Job.objects.filter(pk=dead.pk).update(attempt=dead.max_attempts)
    dispatch.reap()
    assert outcome(dead) == ("failed", "worker_lost")
    assert dead.attempt == dead.max_attempts


def test_a_dead_workers_late_job_is_not_tried_again(dead):
    Job.objects.filter(pk=dead.pk).update(deadline_at=Now() - timedelta(seconds=1))
    dispatch.reap()
    assert outcome(dead) == ("failed", "deadline_exceeded")


def test_a_canceled_job_of_a_dead_worker_ends_canceled(dead):
    dead.cancel()
    dispatch.reap()
    assert outcome(dead) == ("canceled", None)


def test_a_living_workers_job_is_left_alone(job):
    job.claim()
    assert dispatch.reap() == 0
    assert outcome(job) == ("running", None)
