"""The one Celery task."""

from __future__ import annotations

from celery import shared_task
from django.db import connections

from storyforge.jobs import runner
from storyforge.jobs.models import Job


@shared_task(name="storyforge.run_job")
def run_job(job_id: str) -> None:
    """Ring for a job: the row says whether there is anything to do."""
    try:
        job = Job.objects.filter(pk=job_id).first()
        if job is not None:
            runner.run(job)
    finally:
        connections.close_all()
