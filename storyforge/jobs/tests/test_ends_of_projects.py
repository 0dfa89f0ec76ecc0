"""A project stays while a job is at work in it, and its deletion and the job's worker never block each other."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from storyforge.core.acting import acting_as
from storyforge.generation.models import PromptPart
from storyforge.jobs.errors import JobActive
from storyforge.jobs.models import Job
from storyforge.projects.ending import end
from storyforge.projects.models import Project
from tests.locks import until_somebody_waits


@pytest.mark.django_db(transaction=True)
def test_a_deletion_waits_for_a_worker_and_the_worker_not_for_it(project, job, kind, work):
    refusals = []

    def delete():
        with acting_as(project.owner_id):
            try:
                end(project)
            except JobActive as refusal:
                refusals.append(refusal)
            finally:
                connections.close_all()

    deleting = threading.Thread(target=delete)

    def at_work(execution):
        with transaction.atomic():
            Job.objects.select_for_update().get(pk=job.pk)
            deleting.start()
            until_somebody_waits()
            PromptPart.keep(project.pk, ["A part."])  # at the commit its project is looked for
        deleting.join()
        with execution.completing():
            pass

    kind.work = at_work
    work()
    job.refresh_from_db()
    assert (job.status, len(refusals)) == ("completed", 1)
    end(project)
    assert not Project.objects.filter(pk=project.pk).exists()
