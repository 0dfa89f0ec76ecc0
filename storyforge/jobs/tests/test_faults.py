"""Lines of the fault matrix that need no killed process (see docs/chaos.md)."""

from __future__ import annotations

import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.models.functions import Now

from conftest import client_of, make_user
from scriptwriter.models import Book
from storyforge.accounts.models import User
from storyforge.core.acting import Door, acting_as
from storyforge.jobs import dispatch
from storyforge.jobs.create import create_job
from storyforge.jobs.dispatch import Dispatcher
from storyforge.jobs.listening import direct_parameters
from storyforge.jobs.models import MAX_LOST, IdempotencyKey, Job, JobEvent
from storyforge.jobs.runner import run
from storyforge.money.models import Account, Plan, Quota
from storyforge.money.quotas import reserve
from storyforge.projects.models import Project
from tests.locks import until_somebody_waits
from tests.make import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hang")]


@pytest.fixture
def project(transactional_db):
    return Project.start(make_user("alice"), name="The Lighthouse")


@contextmanager
def somebody():
    """A connection of somebody else's, who sees all rows."""
    with psycopg.connect(**direct_parameters()) as other:
        other.execute("SELECT set_config('app.system', 'admin', false)")
        yield other


def apart(call):
    """Run it in a thread with a connection of its own."""

    def own():
        try:
            with acting_as(None, door=Door.ADMIN):
                return call()
        finally:
            connections.close_all()

    return ThreadPoolExecutor(1).submit(own)


def reload(job):
    return Job.objects.get(pk=job.pk)


def test_f5_a_job_that_nobody_was_woken_for_is_rung_by_the_next_round(project, kind):
    dispatcher = Dispatcher(worker="w", queues=("cpu",), slots=1)
    loop = threading.Thread(target=dispatcher.run)
    loop.start()
    try:
        job = make(Job, project, kind=kind.kind, queue="cpu", account=project.owner)
        while reload(job).dispatched_at is None:
            threading.Event().wait(0.05)
    finally:
        dispatcher.stop()
        loop.join()


def test_f12_a_message_for_a_job_that_has_ended_does_nothing(job, kind):
    run(job)
    before = Job.objects.values().get(pk=job.pk)
    for _ in range(3):
        assert not run(Job(pk=job.pk))
    assert Job.objects.values().get(pk=job.pk) == before
    assert kind.runs == 1


def deadlock(execution):
    """Take a lock, and wait for one whose holder waits for ours."""

    def other():
        with somebody() as them:
            them.execute("SELECT pg_advisory_xact_lock(72)")
            theirs.set()
            until_somebody_waits()
            them.execute("SELECT pg_advisory_xact_lock(71)")

    theirs = threading.Event()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(71)")
        done = apart(other)
        theirs.wait()
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(72)")
        finally:
            connection.connection.rollback()
            done.result()


def serialization_failure(execution):
    """Change a row that somebody has changed since we looked."""
    owner = User.objects.filter(pk=execution.job.account_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        owner.get()
        apart(lambda: owner.update(name="Somebody")).result()
        owner.update(name="Else")


def lost_connection(execution):
    """The server ends our connection in the middle of a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        with psycopg.connect(**direct_parameters(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        cursor.execute("SELECT 1")


@pytest.mark.parametrize("fault", [deadlock, serialization_failure, lost_connection])
def test_f15_a_job_whose_transaction_the_database_gave_up_is_tried_again(job, kind, fault):
    kind.work = fault
    assert run(job)
    job = reload(job)
    assert (job.state, job.attempt, job.error["error_code"]) == (
        "retrying",
        1,
        "database_unavailable",
    )
    kind.work = None
    Job.objects.update(run_after=Now())
    assert run(job)
    assert (reload(job).status, reload(job).attempt) == ("completed", 2)


def test_f15_a_create_that_runs_into_a_deadlock_is_503_and_then_accepted(project):
    plan = Plan.objects.create(code="daily", name="Daily", daily_jobs=9)
    Account.of(project.owner_id).put_on(plan)
    alice = client_of(project.owner)
    door = f"/api/v1/books/{make(Book, project).pk}/generate/plot.overview"
    assert alice.post(door, {"writer": "rules"}).status_code == 202

    def other():
        with somebody() as them:
            them.execute("SELECT id FROM money_quota FOR UPDATE")
            theirs.set()
            until_somebody_waits()
            them.execute(
                "INSERT INTO jobs_idempotencykey (actor_id, key, fingerprint, body)"
                " VALUES (%s, %s, '', '')",
                [project.owner_id, key],
            )
            them.rollback()

    for key in ("first", "second", "third"):  # PostgreSQL gives up whichever of the two looks first
        theirs, jobs = threading.Event(), Job.objects.count()
        done = apart(other)
        theirs.wait()
        headers = {"Idempotency-Key": key}
        refused = alice.post(door, {"writer": "rules"}, headers=headers)
        if not isinstance(done.exception(), psycopg.errors.DeadlockDetected):
            break
    done.result()
    assert refused.status_code == 503, refused.content
    assert refused.json()["error_code"] == "database_unavailable"
    assert refused.headers["Retry-After"]
    assert alice.post(door, {"writer": "rules"}, headers=headers).status_code == 202
    assert Job.objects.count() == jobs + 1 == Quota.objects.get(scope="day").jobs
    assert IdempotencyKey.objects.count() == jobs


def test_f27_what_is_given_back_while_a_create_waits_is_there_for_it(project):
    """The row as it was when the statement began had no room, and the database checks that one, too."""
    Account.of(project.owner_id).put_on(Plan.objects.create(code="p", name="P", monthly_micros=100))
    with transaction.atomic():
        reserve(project.owner_id, 90, project_id=project.pk, actor_id=project.owner_id)

    def other():
        with somebody() as them:
            them.execute("UPDATE money_quota SET reserved_micros = 0")
            theirs.set()
            until_somebody_waits()

    def create():
        with transaction.atomic():
            return reserve(project.owner_id, 50, project_id=project.pk, actor_id=project.owner_id)

    theirs = threading.Event()
    done = apart(other)
    theirs.wait()
    assert apart(create).result()
    done.result()
    assert set(Quota.objects.values_list("reserved_micros", "jobs")) == {(50, 2)}


def test_f25_of_cancel_and_completion_exactly_one_wins(project, kind):
    together = threading.Barrier(2)
    jobs = [create_job(kind.kind, project=project, actor=project.owner) for _ in range(150)]
    for job in jobs:
        job.claim()

    def complete():
        won = []
        for job in jobs:
            together.wait()
            won.append(job.complete({}))
        return won

    def cancel():
        won = []
        for job in jobs:
            mine = Job(pk=job.pk)
            together.wait()
            won.append(mine.cancel())
        return won

    finishing, canceling = apart(complete), apart(cancel)
    outcomes = list(zip(jobs, finishing.result(), canceling.result(), strict=True))
    for job, completed, canceled in outcomes:
        assert completed != canceled
        if canceled:
            assert job.end_canceled()
        assert reload(job).status == ("completed" if completed else "canceled")
        ends = JobEvent.objects.filter(job=job, type__in=["job.completed", "job.canceled"])
        assert ends.count() == 1
    assert len(outcomes) == 150


def test_f34_a_job_of_an_older_release_runs_or_fails_and_never_stays(project, work):
    """Its input lacks what is new, or has what is gone."""
    alice = client_of(project.owner)
    door = f"/api/v1/books/{make(Book, project, status='read').pk}/generate/plot.overview"
    ids = [alice.post(door, {"writer": "rules"}).json()["id"] for _ in range(2)]
    Job.objects.filter(pk=ids[0]).update(input={})
    Job.objects.filter(pk=ids[1]).update(input={"a field of old": 1})
    with pytest.raises(ValueError, match="a field of old"):
        run(Job(pk=ids[1]))
    run(Job(pk=ids[0]))
    ends = {str(job.pk): job for job in Job.objects.filter(pk__in=ids)}
    assert ends[ids[0]].is_terminal
    assert ends[ids[0]].error["error_code"] == "state_conflict"  # an empty book, and no bad input
    assert ends[ids[1]].error["error_code"] == "INTERNAL_ERROR"


@pytest.fixture
def changed(kind, monkeypatch):
    """The scripted kind after a release that gave its input another shape."""

    def upgrade(self, given, version):
        return {"words": given["text"], "from": version}

    monkeypatch.setattr(type(kind), "schema_version", 2, raising=False)
    monkeypatch.setattr(type(kind), "upgrade", upgrade, raising=False)
    return kind


def test_f34_an_input_of_an_older_shape_is_brought_to_the_new_one(changed, job):
    met = []
    changed.work = lambda execution: met.append(execution.job.input)
    Job.objects.update(schema_version=1, input={"text": "Once"})
    run(Job(pk=job.pk))
    assert met == [{"words": "Once", "from": 1}]
    fresh = create_job(
        changed.kind, project=job.project, actor=job.actor, payload={"words": "Twice"}
    )
    assert reload(fresh).schema_version == 2
    run(Job(pk=fresh.pk))
    assert met[1] == {"words": "Twice"}


def test_f34_a_job_of_a_newer_release_waits_for_a_worker_of_that_release(job, kind):
    Job.objects.update(schema_version=2)
    run(Job(pk=job.pk))
    waiting = reload(job)
    assert (waiting.status, waiting.attempt, kind.runs) == ("pending", 0, 0)
    assert waiting.error["error_code"] == "newer_release"
    assert waiting.run_after > waiting.updated_at


def test_f34_a_job_of_a_kind_that_the_next_release_brings_waits_for_a_worker_of_that_release(
    job, kind
):
    Job.objects.update(kind="kind.to.come")
    run(Job(pk=job.pk))
    waiting = reload(job)
    assert (waiting.status, waiting.attempt, kind.runs) == ("pending", 0, 0)
    assert waiting.error["error_code"] == "newer_release"
    Job.objects.update(kind=kind.kind, run_after=Now())
    run(Job(pk=job.pk))
    assert (reload(job).status, kind.runs) == ("completed", 1)


@contextmanager
def little_memory():
    """At most 256 MB beyond what this process has."""
    figures = Path("/proc/self/statm").read_text(encoding="ascii")
    now = int(figures.split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + 2**28, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_f36_a_job_that_takes_all_memory_is_lost_like_one_whose_worker_died(job, kind):
    kind.work = lambda execution: bytearray(2**31)
    for time in range(1, MAX_LOST + 1):
        with little_memory(), pytest.raises(MemoryError):
            run(Job(pk=job.pk))
        assert reload(job).status == "running", "nobody has said anything: the lease will"
        Job.objects.update(lease_until=Now())
        dispatch.reap()
        assert (reload(job).lost, reload(job).error["error_code"]) == (time, "worker_lost")
        Job.objects.filter(status="pending").update(run_after=Now())
    assert reload(job).status == "failed"
