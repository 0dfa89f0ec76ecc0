"""Where a job waits, and what goes first."""

from __future__ import annotations

from django.db import models


class Queue(models.TextChoices):
    """Which worker pool does it: threads that wait, processes that compute, threads that deliver."""

    STREAM = "stream"
    CPU = "cpu"
    OUT = "out"


class WriterWish(models.TextChoices):
    """Who a client wants to write; auto: the model where one is configured, else the rules."""

    AUTO = "auto"
    MODEL = "model"
    RULES = "rules"


class Priority(models.IntegerChoices):
    """What goes first within one account."""

    WAITING = 0  # a person waits for it
    NORMAL = 1
    BACKGROUND = 2
