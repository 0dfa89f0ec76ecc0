from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from storyforge.core.acting import Door, is_open
from storyforge.core.append_only import never_emptied

KEPT_AT_LEAST_DAYS = 30  # whatever the operator's setting; nobody covers their traces of this month


class AuditEntry(models.Model):
    """One unsafe operation: who, what, on which row, and how it was answered. Never changed.

    Upkeep deletes what is older than `AUDIT_KEPT_DAYS`; the database lets nobody else, and nothing younger
    than a month.

    `actor` is a person's `audit_id`, no key: when the account goes, the entry stays and names nobody.
    It holds no content, no secret, no address in clear.
    """

    at = models.DateTimeField(db_default=Now())
    actor = models.UUIDField(null=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(help_text="HTTP status of the answer.")
    request_id = models.CharField(max_length=32)
    address = models.CharField(max_length=32, help_text="Keyed hash of the network address.")

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["actor", "-at"], name="audit_of_actor"),
            models.Index(fields=["-at"], name="audit_recent"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    f"OLD.at > now() - interval '{KEPT_AT_LEAST_DAYS} days'"
                    f" OR NOT {is_open(Door.ADMIN)}"
                ),
            ),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.status}"
