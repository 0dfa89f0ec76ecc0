"""The keys under which clients asked for jobs, and what they were answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from storyforge.jobs.models.job import Job

KEY_LENGTH = 255


class IdempotencyKey(models.Model):
    """One accepted request of an actor: the same key with the same request gets the same answer.

    The unique index decides between requests that come at once, in the transaction that makes the job. Only
    accepted requests are kept, for 48 hours. Row security shows a key to its actor only (`walls.PERSONAL`). The
    database itself empties `job` when the job is deleted, for whoever deletes it may not see the key.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=KEY_LENGTH)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked for.")
    job = models.OneToOneField(Job, models.DO_NOTHING, null=True, related_name="+")
    body = models.TextField(help_text="The answer, to the byte.")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="key_once")]

    def __str__(self) -> str:
        return self.key
