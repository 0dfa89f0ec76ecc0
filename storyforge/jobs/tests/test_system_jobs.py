"""The installation's own work: the same engine, in nobody's list, at nobody's cost."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import connection, transaction

from storyforge.jobs import due, registry
from storyforge.jobs.models import Job, Worker
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.signals import job_finished
from storyforge.jobs.system import create_system_jobs

pytestmark = pytest.mark.django_db


class Sweep:
    """Does nothing, for the system."""

    kind: ClassVar[str] = "system.sweep"
    label: ClassVar[str] = "Sweep"
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 60

    def queue_for(self, writer):
        return Queue.OUT

    def run(self, execution):
        with execution.completing() as result:
            result["swept"] = True


@pytest.fixture
def sweep(monkeypatch):
    monkeypatch.setitem(registry._handlers, Sweep.kind, Sweep())
    return Sweep.kind


@pytest.fixture
def told():
    """The jobs whose end was told, each with whether a transaction was open then."""
    heard = []

    def listen(job, **_):
        heard.append((job.pk, job.status, connection.in_atomic_block))

    job_finished.connect(listen)
    yield heard
    job_finished.disconnect(listen)


def test_a_system_job_is_done_and_no_member_sees_it(sweep, work, alice):
    (job,) = create_system_jobs(sweep, [uuid4()])
    assert (job.project_id, job.account_id, job.actor_id) == (None, None, None)
    assert work() == 1
    job.refresh_from_db()
    assert (job.status, job.result) == ("completed", {"swept": True})
    assert alice.get("/api/v1/jobs").json()["results"] == []
    assert alice.get(f"/api/v1/jobs/{job.pk}").status_code == 404


def test_each_of_many_is_dispatched_and_few_at_once(sweep):
    create_system_jobs(sweep, [uuid4() for _ in range(20)])
    Worker.objects.create(name="w", queues=["stream", "out"], slots=32)
    assert len(due.pick()) == due.OUT_SLOTS + due.AHEAD


@pytest.mark.django_db(transaction=True)
def test_an_end_is_told_in_its_own_transaction(sweep, work, told):
    jobs = create_system_jobs(sweep, [uuid4(), uuid4(), uuid4()])
    jobs[0].cancel()
    assert work() == 2
    assert {(pk, status) for pk, status, _ in told} == {
        (jobs[0].pk, "canceled"), (jobs[1].pk, "completed"), (jobs[2].pk, "completed"),
    }  # fmt: skip
    assert all(inside for _, _, inside in told)


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_undoes_the_end(sweep):
    (job,) = create_system_jobs(sweep, [uuid4()])

    def refuse(**_):
        raise RuntimeError("no")

    job_finished.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            job.cancel()
    finally:
        job_finished.disconnect(refuse)
    assert Job.objects.get(pk=job.pk).status == Job.Status.PENDING
    assert not transaction.get_connection().in_atomic_block
