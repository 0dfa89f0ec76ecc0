"""Whose turn it is: fair between accounts, bounded by slots, rung again when a message is lost."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db.models.functions import Now

from storyforge.accounts.models import User
from storyforge.jobs import dispatch, due
from storyforge.jobs.create import MAX_WAITING, create_job
from storyforge.jobs.errors import QueueFull
from storyforge.jobs.listening import direct_parameters
from storyforge.jobs.models import Job, Worker
from storyforge.jobs.moves import CHANNEL
from storyforge.money.models import IN_FLIGHT, Account, Plan
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


@pytest.fixture
def plan(project):
    """Alice's: three jobs at the same time."""
    plan = Plan.objects.create(code="three", name="Three", in_flight=3)
    Account.of(project.owner_id).put_on(plan)
    return plan


@pytest.fixture
def wide(db):
    """More slots than anybody may fill, for two queues."""
    return Worker.objects.create(name="wide", queues=["cpu", "stream"], slots=40)


def test_the_accounts_plan_says_how_many_are_at_work(kind, project, wide, plan):
    mine = {create_job(kind.kind, project=project, actor=project.owner).pk for _ in range(9)}
    other = User.objects.create_user("dora@example.org", "a long password 1")
    small = Project.start(other, name="Small")
    theirs = {create_job(kind.kind, project=small, actor=other).pk for _ in range(25)}
    found = set(picked())
    assert (len(found & mine), len(found & theirs)) == (3, 20), "three by plan, twenty by default"
    Job(pk=min(found & mine)).claim()
    assert picked() == [], "a running one takes its place, too"
    plan.in_flight = 5
    plan.save()
    assert len(picked()) == 2, "a change of the plan holds at once"


def test_the_plans_number_is_over_all_queues_together(kind, project, wide, plan, monkeypatch):
    for queue in ("cpu", "stream"):
        monkeypatch.setattr(type(kind), "queue_for", lambda self, writer, queue=queue: queue)
        for _ in range(4):
            create_job(kind.kind, project=project, actor=project.owner)
    found = picked()
    assert len(found) == 3
    for pk in found[:2]:
        job = Job(pk=pk)
        job.claim()
        job.complete({})
    assert len(picked()) == 2
    assert picked() == []


def test_work_of_the_system_is_one_account_without_a_plan(kind, wide, plan):
    rows = [Job(kind=kind.kind, queue="cpu", event_seq=0) for _ in range(30)]
    Job.objects.bulk_create(rows)
    assert len(picked()) == IN_FLIGHT


def test_what_is_not_due_waits(job, worker):
    Job.objects.update(run_after=Now() + timedelta(minutes=1))
    assert picked() == []


def test_a_runaway_client_is_told_to_wait(kind, project):
    for _ in range(MAX_WAITING):
        create_job(kind.kind, project=project, actor=project.owner)
    with pytest.raises(QueueFull):
        create_job(kind.kind, project=project, actor=project.owner)


def test_a_job_that_nobody_starts_within_a_day_ends(job):
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(hours=25))
    assert dispatch.expire() == 1
    job.refresh_from_db()
    assert (job.status, job.state) == ("failed", "expired")
    assert job.error["error_code"] == "queue_timeout"
    assert dispatch.expire() == 0


def test_a_paused_job_may_wait_for_longer(job):
    job.pause()
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(hours=25))
    assert dispatch.expire() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("others", "woken"), [(0, False), (1, True)])
def test_an_ending_job_wakes_the_dispatchers_where_another_waits(
    transactional_db, kind, project, others, woken
):
    mine, *_ = [
        create_job(kind.kind, project=project, actor=project.owner) for _ in range(1 + others)
    ]
    mine.claim()
    with psycopg.connect(**direct_parameters(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        mine.complete({})
        heard = list(listener.notifies(timeout=0.5, stop_after=1))
    assert bool(heard) is woken


@pytest.mark.django_db(transaction=True)
def test_a_job_that_goes_back_wakes_the_dispatchers_for_itself(transactional_db, job):
    job.claim()
    with psycopg.connect(**direct_parameters(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        job.put_back(seconds=0)
        assert list(listener.notifies(timeout=0.5, stop_after=1))
