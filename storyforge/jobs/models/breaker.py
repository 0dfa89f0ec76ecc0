"""Providers that fail one call after the other are left alone for a while."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now

from storyforge.core.errors import StoryforgeError
from storyforge.core.prepared import Prepared

FAILURES = 5  # transient ones in a row, of any jobs
OPEN_SECONDS = 30
STATE = Prepared("breaker", "SELECT open_until FROM jobs_breaker WHERE name = %(name)s")


class BreakerOpen(StoryforgeError):
    """The AI service has failed several times in a row; the job waits until it has recovered."""

    code = "provider_resting"
    status = 503
    retryable = True
    retry_after = float(OPEN_SECONDS)


class Breaker(models.Model):
    """A provider and model: closed without a time, open until then; afterwards one call is let through.

    The state is a row, so that all workers see it, and a restart forgets nothing.
    """

    name = models.CharField(max_length=200, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.failures} failures"

    @classmethod
    def let_through(cls, name: str) -> bool:
        """Raise `BreakerOpen`, or say whether there have been failures that a success would end.

        When the time is over exactly one caller gets through: the probe that takes the next time.
        """
        row = STATE.one(name=name)
        if row is None:
            return False
        if row[0] is not None:
            probe = cls.objects.filter(pk=name, open_until__lte=Now())
            if not probe.update(open_until=Now() + timedelta(seconds=OPEN_SECONDS)):
                raise BreakerOpen
        return True

    @classmethod
    def is_open(cls, name: str) -> bool:
        """Whether calls are held back now; for those who only look."""
        return cls.objects.filter(pk=name, open_until__gt=Now()).exists()

    @classmethod
    def note_success(cls, name: str) -> None:
        """Close it."""
        cls.objects.filter(pk=name).delete()

    @classmethod
    def note_failure(cls, name: str, *, at_once: bool = False) -> None:
        """Count a transient failure; the fifth in a row opens it. A refused key opens it `at_once`."""
        Breaker.objects.bulk_create([Breaker(name=name)], ignore_conflicts=True)
        opens = Q(failures__gte=0 if at_once else FAILURES - 1)
        then = Now() + timedelta(seconds=OPEN_SECONDS)
        cls.objects.filter(pk=name).update(
            failures=F("failures") + 1,
            open_until=Case(When(opens, then=then), default=F("open_until")),
        )
