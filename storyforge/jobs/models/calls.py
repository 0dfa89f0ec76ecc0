"""The log of calls to providers: written before each call, so that none can be forgotten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from storyforge.money.models import LedgerEntry


class ProviderCall(models.Model):
    """One call of a job to a provider, committed before it is made and ended with what it used.

    A call without an end belongs to a live worker; when that worker dies the reaper ends it as
    `unknown`, at the operator's cost. Outlives its job, so there is no foreign key in the database.
    """

    job = models.ForeignKey(
        "jobs.Job", models.DO_NOTHING, db_constraint=False, related_name="calls"
    )
    step = models.CharField(max_length=100)
    fence = models.BigIntegerField()
    model = models.CharField(max_length=100)
    price_version = models.CharField(max_length=40)
    worst_micros = models.BigIntegerField(help_text="The most it may cost.")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=LedgerEntry.Outcome.choices, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "step", "fence"], name="call_once"),
            models.CheckConstraint(
                name="call_end_has_outcome",
                condition=Q(ended_at=None, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(fields=["job"], name="call_open", condition=Q(ended_at=None)),
            models.Index(fields=["started_at"], name="call_started"),
        ]

    def __str__(self) -> str:
        return f"{self.step} ({self.outcome or 'under way'})"
