"""What the last look at the invariants found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Checkup(models.Model):
    """An hour's upkeep by a dispatcher: which invariants were broken, with rows, once it has ended."""

    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    broken = models.JSONField(default=list)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{len(self.broken)} broken"
