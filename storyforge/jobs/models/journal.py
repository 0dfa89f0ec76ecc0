"""What a job leaves behind: its finished steps and its events."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from storyforge.jobs.models.job import Job

EVENT_CHANNEL = "job_events"


class JobStep(models.Model):
    """A finished piece of a job that is never paid again: its output, tokens and cost."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=100)
    fence = models.BigIntegerField()
    output = models.JSONField()
    model = models.CharField(max_length=100, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="step_once")]

    def __str__(self) -> str:
        return self.name


class JobEvent(models.Model):
    """What happened to a job, numbered without gaps, written with the change it tells.

    The database tells the web processes of each new event when the change is committed, whoever wrote
    it: job id and number.
    """

    job = models.ForeignKey(Job, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=30)
    attempt = models.PositiveSmallIntegerField(default=0)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="event_told",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func=(
                    f"PERFORM pg_notify('{EVENT_CHANNEL}', NEW.job_id || ' ' || NEW.seq);"
                    " RETURN NULL;"
                ),
            )
        ]
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="event_seq_once")]
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
