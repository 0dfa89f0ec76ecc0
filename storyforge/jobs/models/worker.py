"""Who works."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

WORKER_GONE_SECONDS = 30


class Worker(models.Model):
    """A worker process that beats: which queues it serves, and how many jobs at once."""

    name = models.CharField(max_length=200, primary_key=True)
    queues = models.JSONField(default=list)
    slots = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    beat_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name

    @classmethod
    def alive(cls) -> models.QuerySet[Worker]:
        """Those that beat within the last half minute."""
        return cls.objects.filter(beat_at__gt=Now() - timedelta(seconds=WORKER_GONE_SECONDS))
