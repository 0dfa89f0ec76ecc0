from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from storyforge.accounts.models.sealed import Sealed
from storyforge.accounts.models.user import User
from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns


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
    factor_shown = models.BooleanField(
        default=False, editable=False, help_text="Made after a second factor was shown."
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    is_noted = False  # whether that was within a minute, by the database's clock; told by `find`
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} (sf_{self.public_id}_…)"

    @classmethod
    def issue(
        cls,
        user: User,
        *,
        name: str,
        scope: str,
        expires_at: datetime | None = None,
        factor_shown: bool = False,
    ) -> tuple[Self, str]:
        """Make a token; the second value is the secret, which exists only here."""
        return cls.seal(
            user=user, name=name, scope=scope, expires_at=expires_at, factor_shown=factor_shown
        )

    def note_use(self) -> None:
        """Keep the time of the last use, at most once a minute: many programs poll every two seconds."""
        if not self.is_noted:
            APIToken.objects.filter(pk=self.pk).update(last_used_at=Now())

    @classmethod
    def find(cls, presented: str) -> APIToken | None:
        """The live token of an active user that `presented` belongs to, or None."""
        return APIToken.unsealed_by(presented, _live)


LIVE = """
SELECT coalesce(token.last_used_at > statement_timestamp() - interval '1 minute', false),
    {token}, {person} FROM accounts_apitoken token
JOIN accounts_user person ON person.id = token.user_id AND person.is_active
WHERE token.public_id = %(public_id)s
  AND (token.expires_at IS NULL OR token.expires_at > statement_timestamp())
"""  # asked at each request of a program


@cache
def _shapes() -> tuple[Prepared, Columns[APIToken], Columns[User]]:
    token, person = Columns(APIToken, "token"), Columns(User, "person")
    return Prepared("live_token", LIVE.format(token=token.sql, person=person.sql)), token, person


def _live(public_id: str) -> APIToken | None:
    """The token with this public id and its user, in one statement."""
    statement, token, person = _shapes()
    values = statement.one(public_id=public_id)
    if values is None:
        return None
    found = token.row(values[1 : 1 + len(token)])
    found.user = person.row(values[1 + len(token) :])
    found.is_noted = values[0]
    return found
