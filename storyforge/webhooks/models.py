"""Whom a project tells about its jobs, and what was told."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from standardwebhooks import Webhook

from storyforge.core.acting import Door
from storyforge.core.encryption import EncryptedTextField
from storyforge.core.errors import StateConflict
from storyforge.core.outbound import MAX_URL
from storyforge.projects.models import ProjectContent
from storyforge.webhooks.errors import TooManyWebhooks

MAX_ENDPOINTS = 20  # of a project: the end of each job writes a row for each
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
OVERLAP = timedelta(hours=24)  # both secrets sign after a change
OFF_AFTER = timedelta(hours=75)  # of failures without a success in between
# Seconds from one try to the next: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MAX_TRIES = len(WAITS) + 1


class Event(models.TextChoices):
    """What a webhook may be told."""

    COMPLETED = "job.completed"
    FAILED = "job.failed"
    CANCELED = "job.canceled"


TEST_EVENT = "webhook.test"


def all_events() -> list[str]:
    return list(Event.values)


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class Endpoint(ProjectContent):
    """An address that is told when jobs of its project end.

    It belongs to the project, not to a person: what an integration may hear follows the project, also
    when its owner changes, and a leaked secret opens no other project. Only the owner sees it: the
    address often is a secret itself.
    """

    doors: ClassVar = (Door.JOBS,)

    class Off(models.TextChoices):
        PERSON = "person", "switched off by a person"
        GONE = "gone", "the receiver answered that it is gone"
        FAILING = "failing", "it failed for 75 hours"

    url = models.CharField(max_length=MAX_URL)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(
        models.CharField(max_length=20, choices=Event.choices), default=all_events, size=len(Event)
    )
    off = models.CharField(
        max_length=10, choices=Off.choices, blank=True, editable=False, help_text="Empty: it is on."
    )
    failing_since = models.DateTimeField(null=True, editable=False)
    secret = EncryptedTextField(default=new_secret, editable=False)
    old_secret = EncryptedTextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)

    #: The secret in the clear, on the one object that was just given it.
    shown_secret: str | None = None

    class Meta:
        verbose_name = "webhook"

    def __str__(self) -> str:
        return self.description or self.url

    @property
    def enabled(self) -> bool:
        return not self.off

    @classmethod
    def start(cls, **fields: Any) -> Endpoint:
        """Make an endpoint with a secret that is shown this once; raises `TooManyWebhooks`."""
        enabled = fields.pop("enabled", True)
        with transaction.atomic():
            if cls.objects.filter(project=fields["project"]).count() >= MAX_ENDPOINTS:
                raise TooManyWebhooks
            row = cls.objects.create(**fields, off="" if enabled else cls.Off.PERSON)
        row.shown_secret = row.secret
        return row

    def change(self, *, enabled: bool | None = None, **fields: Any) -> None:
        """Save what a person changed. Switching it on again forgets why it was off."""
        if enabled is True:
            fields |= {"off": "", "failing_since": None}
        elif enabled is False and not self.off:
            fields["off"] = self.Off.PERSON
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=[*fields, "updated_at"])

    def rotate(self) -> None:
        """Give it a new secret, shown this once; the old one signs beside it for a day."""
        fresh = new_secret()
        Endpoint.objects.filter(pk=self.pk).update(
            old_secret=F("secret"),
            old_secret_until=Now() + OVERLAP,
            secret=fresh,
            updated_at=Now(),
        )
        self.refresh_from_db()
        self.shown_secret = fresh

    def signatures(self, message_id: str, body: str, *, at: datetime) -> str:
        """The `webhook-signature` header: one signature, two during the overlap of a rotation."""
        keys = [self.secret]
        if self.old_secret_until is not None and self.old_secret_until > at:
            keys.append(self.old_secret)
        return " ".join(Webhook(key).sign(message_id, at, body) for key in keys)

    def succeeded(self) -> None:
        Endpoint.objects.filter(pk=self.pk, failing_since__isnull=False).update(failing_since=None)

    def failed(self, *, gone: bool) -> bool:
        """Note a failure; True when this one switched the endpoint off."""
        on = Endpoint.objects.filter(pk=self.pk, off="")
        on.update(failing_since=Coalesce(F("failing_since"), Now()))
        if gone:
            return bool(on.update(off=self.Off.GONE))
        late = on.filter(failing_since__lte=Now() - OFF_AFTER)
        return bool(late.update(off=self.Off.FAILING))


class Delivery(ProjectContent):
    """One message to one endpoint: the same bytes and the same id on every try.

    pending -> delivered | failed; a replay makes it pending again.
    """

    doors: ClassVar = (Door.JOBS,)

    class Status(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20)
    subject = models.UUIDField(null=True, help_text="The job it tells of.")
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    tries = models.JSONField(
        default=list, help_text="[{at, status, error_code, seconds}], oldest first."
    )
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    KEPT_TRIES: ClassVar = 50  # a replay may be asked for again and again

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["endpoint", "-created_at"], name="delivery_recent")]

    def __str__(self) -> str:
        return f"{self.event} {self.status}"

    @property
    def message_id(self) -> str:
        """The `webhook-id`: receivers drop what they have seen."""
        return f"msg_{self.pk.hex}"

    def headers(self, *, at: datetime) -> dict[str, str]:
        """The headers of a try at this time, by Standard Webhooks."""
        return {
            "Content-Type": "application/json",
            "webhook-id": self.message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self.endpoint.signatures(self.message_id, self.body, at=at),
        }

    def note(self, entry: dict[str, Any], **changes: Any) -> None:
        """Add a try and change the row with it."""
        with transaction.atomic():
            row = Delivery.objects.select_for_update().get(pk=self.pk)
            tries = [*row.tries, entry][-self.KEPT_TRIES :]
            Delivery.objects.filter(pk=self.pk).update(tries=tries, updated_at=Now(), **changes)

    def end(self) -> None:
        """pending -> failed: nobody tries any more."""
        waiting = Delivery.objects.filter(pk=self.pk, status=self.Status.PENDING)
        waiting.update(status=self.Status.FAILED, next_try_at=None, updated_at=Now())

    def restart(self) -> None:
        """delivered | failed -> pending; raises `StateConflict` while it is pending already."""
        ended = Delivery.objects.filter(pk=self.pk).exclude(status=self.Status.PENDING)
        changes = {"next_try_at": Now(), "delivered_at": None, "updated_at": Now()}
        if not ended.update(status=self.Status.PENDING, **changes):
            raise StateConflict("This message is being delivered already.")
        self.refresh_from_db()


def body_of(event: str, *, at: datetime, data: dict[str, Any]) -> str:
    """The message's text: ids, states and links, never words of a story."""
    message = {"type": event, "timestamp": at.isoformat(), "data": data}
    return json.dumps(message, separators=(",", ":"))
