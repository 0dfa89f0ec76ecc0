"""The one Celery task."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import connections

from storyforge.jobs import runner
from storyforge.jobs.models import Job


@shared_task(name="storyforge.run_job")
def run_job(job_id: str) -> None:
    """Ring for a job: the row, which the claim reads, says whether there is anything to do."""
    try:
        runner.run(Job(pk=UUID(job_id)))
    finally:
        connections.close_all()
