"""From the end of a job, or a person's wish, to messages that wait for delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from storyforge.jobs.models import Job
from storyforge.jobs.signals import job_finished
from storyforge.jobs.system import create_system_jobs
from storyforge.webhooks.errors import WebhookOff
from storyforge.webhooks.models import MAX_TRIES, TEST_EVENT, Delivery, Endpoint, body_of

KIND = "system.webhook"
# Asked at the end of every job: written out, as building it takes longer than running it.
WANTING = """
SELECT * FROM webhooks_endpoint WHERE project_id = %s AND off = '' AND %s = ANY(events)
"""


def listen() -> None:
    """Hear of every job that ends."""
    job_finished.connect(_on_job_finished, dispatch_uid="storyforge.webhooks")


def _on_job_finished(job: Job, **_: Any) -> None:
    """Runs in the transaction that ends the job: the message exists when the end does."""
    if job.kind == KIND:
        if job.status != Job.Status.COMPLETED:
            Delivery(pk=job.target_id).end()
    elif job.project_id is not None and job.parent_id is None:
        announce(job)


def announce(job: Job) -> None:
    """Write a message about the ended job for each endpoint of its project that wants to know."""
    event = f"job.{job.status}"
    endpoints = list(Endpoint.objects.raw(WANTING, [job.project_id, event]))
    if not endpoints:
        return
    at = cast("datetime", job.completed_at)  # the database refuses an end without its time
    body = body_of(event, at=at, data=_told(job))
    _send(
        [
            Delivery(
                project_id=each.project_id,
                endpoint=each,
                event=event,
                subject=job.pk,
                body=body,
                next_try_at=at,
            )
            for each in endpoints
        ]
    )


def _told(job: Job) -> dict[str, Any]:
    """What a receiver learns of a job; its error's code, as a message may quote the story."""
    return {
        "id": str(job.pk),
        "project": str(job.project_id),
        "kind": job.kind,
        "status": job.status,
        "partial": job.partial,
        "target": {"type": job.target_type, "id": str(job.target_id)} if job.target_id else None,
        "error_code": job.error["error_code"] if job.error else None,
        "links": {
            "job": reverse("job-detail", args=[job.pk]),
            "result": reverse("job-result", args=[job.pk]),
        },
    }


def ping(endpoint: Endpoint) -> Delivery:
    """Send a test message. Raises `WebhookOff` for an endpoint that is off."""
    if not endpoint.enabled:
        raise WebhookOff
    at = Endpoint.objects.annotate(clock=Now()).values_list("clock", flat=True).get(pk=endpoint.pk)
    data = {"webhook": str(endpoint.pk), "project": str(endpoint.project_id)}
    message = Delivery(
        project_id=endpoint.project_id,
        endpoint=endpoint,
        event=TEST_EVENT,
        body=body_of(TEST_EVENT, at=at, data=data),
        next_try_at=at,
    )
    _send([message])
    return message


def replay(delivery: Delivery) -> None:
    """Send a message again, with the same id and bytes.

    Raises `WebhookOff`, and `StateConflict` for a message that is being delivered already.
    """
    if not delivery.endpoint.enabled:
        raise WebhookOff
    with transaction.atomic():
        delivery.restart()
        _ring([delivery])


def _send(deliveries: list[Delivery]) -> None:
    with transaction.atomic():
        Delivery.objects.bulk_create(deliveries)
        _ring(deliveries)


def _ring(deliveries: list[Delivery]) -> None:
    targets = [delivery.pk for delivery in deliveries]
    create_system_jobs(KIND, targets, target_type="delivery", max_attempts=MAX_TRIES)
