from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from storyforge.accounts.models.sealed import Sealed, unexpired
from storyforge.accounts.models.user import User

MINUTE = timedelta(minutes=1)


class APIToken(Sealed):
    """A key for programs: shown once, kept as a keyed hash, read-only or read and write."""

    PREFIX: ClassVar[str] = "sf"

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} (sf_{self.public_id}_…)"

    @classmethod
    def issue(
        cls, user: User, *, name: str, scope: str, expires_at: datetime | None = None
    ) -> tuple[Self, str]:
        """Make a token; the second value is the secret, which exists only here."""
        return cls.seal(user=user, name=name, scope=scope, expires_at=expires_at)

    def note_use(self) -> None:
        """Keep the time of the last use, at most once a minute: many programs poll every two seconds."""
        if self.last_used_at is None or timezone.now() - self.last_used_at > MINUTE:
            APIToken.objects.filter(pk=self.pk).update(last_used_at=Now())

    @classmethod
    def find(cls, presented: str) -> Self | None:
        """The live token of an active user that `presented` belongs to, or None."""
        live = cls.objects.select_related("user").filter(unexpired(), user__is_active=True)
        return cls.unseal(presented, live)
