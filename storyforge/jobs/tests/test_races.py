"""What somebody asks for while a worker is at it: the row decides, and nothing is half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from conftest import make_user
from storyforge.core.acting import Door, acting_as
from storyforge.core.errors import DatabaseUnavailable
from storyforge.jobs import due, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import ShuttingDown
from storyforge.jobs.models import Job, Worker
from storyforge.jobs.runner import run
from storyforge.projects.models import Project
from tests.locks import until_somebody_waits


def reload(job):
    return Job.objects.get(pk=job.pk)


@pytest.mark.parametrize("reason", [DatabaseUnavailable, ShuttingDown])
def test_a_cancel_that_nobody_has_noticed_yet_ends_a_job_that_goes_back(job, kind, reason):
    """It would wait for its next try, and be paid for once more before anybody looks."""

    def interrupted(execution):
        assert trees.cancel(reload(job))
        raise reason

    kind.work = interrupted
    run(Job(pk=job.pk))
    assert reload(job).status == "canceled"
    assert kind.runs == 1


def test_a_job_that_was_paused_after_its_message_was_sent_does_not_start(job, kind):
    Worker.objects.create(name="w", queues=["cpu"], slots=2)
    assert [ring.job_id for ring in due.pick()] == [job.pk]
    assert reload(job).pause()
    assert not run(Job(pk=job.pk))
    assert (kind.runs, reload(job).state) == (0, "paused")
    assert reload(job).resume()
    assert [ring.job_id for ring in due.pick()] == [job.pk], "at once, and not as a lost message"
    assert run(Job(pk=job.pk))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_a_job_that_goes_back_while_it_is_canceled_does_not_wait_canceled(transactional_db, kind):
    project = Project.start(make_user("alice"), name="The Lighthouse")
    job = create_job(kind.kind, project=project, actor=project.owner)
    assert job.claim()

    def cancel():
        try:
            with acting_as(None, door=Door.ADMIN):
                return trees.cancel(Job.objects.get(pk=job.pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert job.put_back(seconds=20, error=DatabaseUnavailable())
            canceled = pool.submit(cancel)
            until_somebody_waits()
        assert canceled.result()
    assert reload(job).status == "canceled"
    assert list(job.events.values_list("type", flat=True))[-2:] == [
        "job.cancel_requested", "job.canceled",
    ]  # fmt: skip
