"""Delivers messages: a job of the system for each, with the waits of Standard Webhooks between tries."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string

from storyforge.core.acting import acting_as
from storyforge.core.errors import StoryforgeError
from storyforge.core.outbound import AddressRefused, Answer, Unreachable, post
from storyforge.jobs import registry
from storyforge.jobs.errors import TargetGone
from storyforge.jobs.execution import Execution, released_db
from storyforge.jobs.queues import Priority, Queue
from storyforge.jobs.system import create_system_jobs
from storyforge.projects.models import Membership
from storyforge.projects.roles import Role
from storyforge.webhooks.announcements import KIND
from storyforge.webhooks.errors import LetterNotSent, NotDelivered, WebhookOff
from storyforge.webhooks.models import MAX_TRIES, WAITS, Delivery, Endpoint

TIMEOUT_SECONDS = 20.0
GONE = 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a try: an answer, or why there was none."""

    answer: Answer | None = None
    error: StoryforgeError | None = None

    @property
    def ok(self) -> bool:
        """Only 2xx is success; a redirect is not followed, so it is none."""
        return self.answer is not None and 200 <= self.answer.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no message any more."""
        return self.answer is not None and self.answer.status == GONE

    def entry(self, at: datetime) -> dict[str, Any]:
        """How the try is listed."""
        return {
            "at": at.isoformat(),
            "status": self.answer.status if self.answer else None,
            "error_code": self.error.code if self.error else "",
            "seconds": round(self.answer.seconds, 3) if self.answer else None,
        }


class _Outgoing:
    """What both kinds share: they wait for strangers, so they stand in nobody's way."""

    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 2 * sum(WAITS)  # the waits end it, not the clock

    def queue_for(self, writer: str) -> Queue:
        return Queue.OUT


class SendWebhook(_Outgoing):
    """One message, tried until it is taken, the endpoint is off, or the waits are used up."""

    kind: ClassVar[str] = KIND
    label: ClassVar[str] = "Webhook"

    def run(self, execution: Execution) -> None:
        """One try."""
        rows = Delivery.objects.select_related("endpoint").annotate(clock=Now())
        delivery = rows.filter(pk=execution.job.target_id).first()
        if delivery is None:
            raise TargetGone
        if not delivery.endpoint.enabled:
            raise WebhookOff
        outcome = _try(delivery)
        if outcome.ok:
            with execution.completing() as result:
                delivery.note(
                    outcome.entry(delivery.clock),
                    status=Delivery.Status.DELIVERED,
                    delivered_at=Now(),
                    next_try_at=None,
                )
                delivery.endpoint.succeeded()
                result["tries"] = execution.job.attempt
            return
        _refused(execution, delivery, outcome)


def _try(delivery: Any) -> Outcome:
    """Send it once. The database's clock signs: a worker's may be wrong, and receivers check."""
    headers, body = delivery.headers(at=delivery.clock), delivery.body.encode()
    with released_db():
        try:
            answer = post(
                delivery.endpoint.url, body=body, headers=headers, seconds=TIMEOUT_SECONDS
            )
        except (AddressRefused, Unreachable) as error:
            return Outcome(error=error)
    return Outcome(answer=answer)


def _refused(execution: Execution, delivery: Any, outcome: Outcome) -> None:
    """Note the failure, with what follows from it for the endpoint, and say when the next try is.

    Raises `WebhookOff` when this was the last straw, else `NotDelivered`.
    """
    attempt = execution.job.attempt
    wait = WAITS[attempt - 1] if attempt < MAX_TRIES else 0
    with transaction.atomic():
        execution.lock()
        when = Now() + timedelta(seconds=wait) if wait else None
        delivery.note(outcome.entry(delivery.clock), next_try_at=when)
        off = delivery.endpoint.failed(gone=outcome.gone)
        if off:
            create_system_jobs(TellOwner.kind, [delivery.endpoint_id], target_type="endpoint")
    if off:
        raise WebhookOff
    raise NotDelivered(_why(outcome), retry_after=wait)


def _why(outcome: Outcome) -> str:
    if outcome.answer is not None:
        return f"The receiver answered {outcome.answer.status}."
    return outcome.error.message if outcome.error else ""


class TellOwner(_Outgoing):
    """A letter to the project's owner: this webhook was switched off."""

    kind: ClassVar[str] = "system.webhook_off"
    label: ClassVar[str] = "Letter about a webhook"

    def run(self, execution: Execution) -> None:
        """Send it, unless a person has changed the webhook meanwhile."""
        endpoint = _with_owners_eyes(execution.job.target_id)
        if endpoint is None:
            raise TargetGone
        by_itself = endpoint.off in (Endpoint.Off.GONE, Endpoint.Off.FAILING)
        if by_itself:
            text = render_to_string("mail/webhook_off.txt", {"endpoint": endpoint})
            subject, _, body = text.strip().partition("\n")
            message = EmailMessage(subject, body.strip() + "\n", to=[endpoint.project.owner.email])
            with released_db():
                _post_letter(message)
        with execution.completing() as result:
            result["sent"] = by_itself


def _with_owners_eyes(pk: UUID | None) -> Endpoint | None:
    """The endpoint with its project and whom it belongs to."""
    if pk is None:
        return None
    project = Endpoint.objects.filter(pk=pk).values("project")
    owner = Membership.objects.filter(project__in=project, role=Role.OWNER).first()
    with acting_as(owner.user_id if owner else None):
        return Endpoint.objects.select_related("project__owner").filter(pk=pk).first()


def _post_letter(message: EmailMessage) -> None:
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        raise LetterNotSent from error


registry.register(SendWebhook())
registry.register(TellOwner())
