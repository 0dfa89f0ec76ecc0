"""The state machine: who may move a job where, and what a late writer changes (nothing)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.jobs import dispatch
from storyforge.jobs.errors import CancelRequested, FenceLost, WorkerLost
from storyforge.jobs.execution import Execution, released_db
from storyforge.jobs.models import MAX_LOST, Job, JobEvent
from storyforge.jobs.runner import run, run_due


class Overloaded(StoryforgeError):
    """Try again."""

    code = "overloaded"
    retryable = True


def reload(job):
    return Job.objects.get(pk=job.pk)


def types(job):
    return list(JobEvent.objects.filter(job=job).values_list("type", flat=True))


def expire_lease(job):
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


def make_due(job):
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(seconds=1))


def test_a_job_runs_once_and_tells_its_story_without_gaps(job):
    assert run(job)
    again = reload(job)
    assert not run(again)
    assert (again.status, again.result) == ("completed", {"answer": 42})
    assert types(job) == ["job.created", "job.started", "job.completed"]
    assert list(job.events.values_list("seq", flat=True)) == [1, 2, 3]


def test_only_one_of_two_claims_wins(job):
    other = reload(job)
    assert job.claim()
    assert not other.claim()


def test_a_worker_that_lost_its_lease_changes_nothing(job):
    late = reload(job)
    assert late.claim()
    expire_lease(job)
    assert dispatch.reap() == 1
    make_due(job)
    winner = reload(job)
    assert winner.claim()
    assert not late.complete({"answer": "late"})
    assert not late.fail(Overloaded())
    assert not late.report(done=1, total=2, label="late")
    with pytest.raises(FenceLost), Execution(late).completing():
        pass
    assert winner.complete({"answer": "winner"})
    assert reload(job).result == {"answer": "winner"}


def test_effects_and_completion_are_one_transaction(job, kind, project):
    def half(execution):
        with execution.completing():
            type(project).objects.filter(pk=project.pk).update(name="half-written")
            raise Overloaded

    kind.work = half
    run(job)
    project.refresh_from_db()
    assert project.name == "The Lighthouse"
    assert reload(job).state == "retrying"


def test_a_cancel_before_the_end_wins_over_completion(job, kind, project):
    def canceled_meanwhile(execution):
        reload(job).cancel()
        with execution.completing():
            type(project).objects.filter(pk=project.pk).update(name="too late")

    kind.work = canceled_meanwhile
    run(job)
    project.refresh_from_db()
    assert project.name == "The Lighthouse"
    assert reload(job).status == "canceled"
    assert types(job)[-2:] == ["job.cancel_requested", "job.canceled"]


def test_canceling_a_waiting_job_ends_it_at_once(job):
    assert job.cancel()
    assert reload(job).status == "canceled"
    assert not reload(job).cancel()
    assert run_due() == 0


def test_a_transient_error_is_tried_again_up_to_the_limit(job, kind):
    def overloaded(execution):
        raise Overloaded

    kind.work = overloaded
    for _ in range(10):
        make_due(job)
        run_due()
    ended = reload(job)
    assert (ended.status, ended.error["error_code"]) == ("failed", "overloaded")
    assert kind.runs == ended.max_attempts == ended.attempt


def test_a_permanent_error_is_not_tried_again(job, kind):
    def refused(execution):
        raise StoryforgeError("No.")

    kind.work = refused
    run_due()
    assert kind.runs == 1
    told = reload(job).error
    assert told.pop("detail_id")
    assert told == {
        "error_code": "error",
        "message": "No.",
        "retryable": False,
        "attempts": 1,
    }


def test_a_bug_is_found_in_the_log_under_what_the_client_was_told(bob, job, kind, caplog):
    def broken(execution):
        raise KeyError("a plot hole")

    kind.work = broken
    with pytest.raises(KeyError):
        run(job)
    detail = bob.get(f"/api/v1/jobs/{job.pk}").json()["error"]["detail_id"]
    (line,) = [record for record in caplog.records if record.exc_info]
    assert detail in line.getMessage()
    assert len(detail) == 12


def test_a_bug_fails_the_job_without_telling_its_secrets(job, kind):
    def broken(execution):
        raise KeyError("password=hunter2")

    kind.work = broken
    with pytest.raises(KeyError):
        run(job)
    assert reload(job).error["error_code"] == "INTERNAL_ERROR"
    assert "hunter2" not in str(reload(job).error)


def test_a_job_that_kills_its_worker_each_time_is_given_up(job):
    for _ in range(MAX_LOST):
        make_due(job)
        assert reload(job).claim()
        expire_lease(job)
        dispatch.reap()
    assert reload(job).error["error_code"] == WorkerLost.code


def test_a_lease_of_a_live_worker_is_left_alone(job):
    job.claim()
    assert dispatch.reap() == 0
    assert reload(job).status == "running"


def test_a_finished_step_is_there_for_the_next_attempt_and_its_cost_counts_once(job):
    job.claim()
    first = Execution(job)
    first.record_step("cast", output={"a": 1}, input_tokens=10, cost_micros=7)
    expire_lease(job)
    dispatch.reap()
    make_due(job)
    again = reload(job)
    again.claim()
    assert Execution(again).step("cast").output == {"a": 1}
    with pytest.raises(FenceLost), transaction.atomic():
        first.record_step("more", output={})
    assert (reload(job).input_tokens, reload(job).spent_micros) == (10, 7)


@pytest.mark.parametrize(
    ("then", "shown"), [((3, 4), (3, 4)), ((1, 4), (2, 4)), ((2, 8), (2, 4)), ((4, 8), (4, 8))]
)
def test_progress_never_goes_backwards(job, then, shown):
    job.claim()
    assert job.report(done=2, total=4, label="half")
    done, total = then
    assert job.report(done=done, total=total, label="then")
    job = reload(job)
    assert (job.progress_done, job.progress_total, job.progress_label) == (*shown, "then")
    told = job.events.last().data
    assert (told["done"], told["total"], told["label"]) == (*shown, "then")


def test_an_interruption_is_raised_at_the_next_border(job):
    job.claim()
    execution = Execution(job)
    execution.interrupt(CancelRequested())
    assert execution.should_stop()
    with pytest.raises(CancelRequested):
        execution.progress(1, 2, "on")


@pytest.mark.parametrize(
    "values",
    [{"status": "running"}, {"status": "canceled"}, {"completed_at": Now()}],
)
def test_the_database_refuses_half_states(job, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**values)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_network_inside_a_transaction():
    with (
        pytest.raises(RuntimeError, match="must not wait"),
        transaction.atomic(),
        released_db(),
    ):
        pass
