"""Who keeps a job's lease, and for how long."""

from __future__ import annotations

import os
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from storyforge.jobs import beat as beats
from storyforge.jobs import execution as executions
from storyforge.jobs.beat import Beat
from storyforge.jobs.dispatch import reap
from storyforge.jobs.errors import CancelRequested, DeadlineExceeded, FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.listening import direct_parameters
from storyforge.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(job):
    job.claim()
    return Execution(job)


def look(beat, *, extends=True):
    """A round of the beat thread, at the time of an extension."""
    beat._extended = -1e9 if extends else beat._extended
    beat.look()


def lease_of(running):
    return Job.objects.get(pk=running.job.pk).lease_until


def nearly_over(running):
    """A second is left of the lease."""
    Job.objects.filter(pk=running.job.pk).update(lease_until=Now() + timedelta(seconds=1))
    return lease_of(running)


def test_a_job_that_is_worked_on_keeps_its_lease(running):
    beat = Beat(threaded=False)
    with beat.watching(running):
        before = nearly_over(running)
        look(beat)
        assert lease_of(running) > before
        running.check()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_processes_of_a_pool_hear_that_their_worker_is_stopped():
    """They are forked from it; the signal reaches the worker alone."""
    beat = Beat(threaded=False)
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.read(ours, 1)
        os._exit(42 if beat.is_stopping else 0)
    assert not beat.is_stopping
    beat.stop()
    os.write(theirs, b".")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"deadline_at": Now() - timedelta(seconds=1)}, DeadlineExceeded),
     ({"cancel_requested_at": Now()}, CancelRequested)],
)  # fmt: skip
def test_a_job_that_is_asked_to_stop_has_time_to_reach_a_border(running, change, reason):
    beat = Beat(threaded=False)
    with beat.watching(running):
        Job.objects.filter(pk=running.job.pk).update(**change)
        before = nearly_over(running)
        look(beat)
        assert lease_of(running) > before
        with pytest.raises(reason):
            running.check()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [({"deadline_at": Now() - timedelta(seconds=1)}, "failed", "deadline_exceeded"),
     ({"cancel_requested_at": Now()}, "canceled", None)],
)  # fmt: skip
def test_a_job_whose_thread_hangs_is_taken_from_it(running, monkeypatch, change, status, code):
    monkeypatch.setattr(executions, "DEAF_SECONDS", -1.0)
    beat = Beat(threaded=False)
    with beat.watching(running):
        Job.objects.filter(pk=running.job.pk).update(**change)
        look(beat)
        before = nearly_over(running)
        look(beat)
        assert lease_of(running) == before
        Job.objects.filter(pk=running.job.pk).update(lease_until=Now() - timedelta(seconds=1))
        assert reap() == 1
        ended = Job.objects.get(pk=running.job.pk)
        assert (ended.status, (ended.error or {}).get("error_code")) == (status, code)
        with pytest.raises(FenceLost), running.completing():
            pass


@pytest.fixture
def reads_only():
    """Switch the database so that connections made from now on may only read, and back."""
    name = connection.settings_dict["NAME"]

    def switch(to):
        with psycopg.connect(**direct_parameters(), autocommit=True) as other:
            other.execute("SET default_transaction_read_only = off")
            other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {to}')

    yield switch
    switch("off")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_a_database_that_refuses_for_a_while_does_not_end_the_beat(
    transactional_db, running, reads_only, monkeypatch, caplog
):
    """A database that failed over reads only: no error of the connection, and not the last word."""
    monkeypatch.setattr(beats, "LOOK_SECONDS", 0.01)
    reads_only("on")
    beat = Beat()
    beat._extended = -1e9
    with beat.watching(running):
        before = nearly_over(running)
        while "read-only" not in caplog.text:
            threading.Event().wait(0.01)
        assert lease_of(running) == before
        reads_only("off")
        while lease_of(running) == before:
            threading.Event().wait(0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_a_beat_whose_thread_has_ended_begins_again_with_the_next_job(
    transactional_db, running, monkeypatch
):
    monkeypatch.setattr(beats, "LOOK_SECONDS", 0.01)
    beat = Beat()
    beat._thread = threading.Thread(target=int)
    beat._thread.start()
    beat._thread.join()
    beat._extended = -1e9
    with beat.watching(running):
        before = nearly_over(running)
        while lease_of(running) == before:
            threading.Event().wait(0.01)
