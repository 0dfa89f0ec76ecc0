from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now

from storyforge.accounts.models.sealed import Sealed
from storyforge.accounts.models.user import User
from storyforge.core import clock


class TokenFamily(models.Model):
    """One sign-in of a REST client: all access and refresh tokens that descend from it.

    It lives until somebody signs out, the password changes, the account is disabled, a used refresh
    token comes back, or `SESSION_MAX_DAYS` have passed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="families")
    stamp = models.CharField(max_length=128, editable=False, help_text="Of the password then.")
    factor_shown = models.BooleanField(
        default=False, editable=False, help_text="The sign-in showed a second factor."
    )
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"

    @classmethod
    def start(cls, user: User, *, agent: str = "", factor_shown: bool = False) -> Self:
        """A family for a person who has just proved who they are; theirs that are over go."""
        user.families.filter(expires_at__lt=Now()).delete()
        return cls.objects.create(
            user=user,
            stamp=user.get_session_auth_hash(),
            agent=agent[:200],
            factor_shown=factor_shown,
            expires_at=clock.now() + timedelta(days=settings.SESSION_MAX_DAYS),
        )

    def lives_at(self, moment: datetime) -> bool:
        """Read with the user, this is the whole check of a request; the moment is by the database's clock."""
        return (
            self.revoked_at is None
            and self.expires_at > moment
            and self.user.is_active
            and self.stamp == self.user.get_session_auth_hash()
        )

    def revoke(self) -> None:
        """End it; every token of the family is dead from the next request on."""
        type(self).objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=Now())


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """What came of a refresh: the next refresh token, or none and whether the old one was replayed."""

    family: TokenFamily | None = None
    refresh_token: str = ""
    replayed: bool = False


class RefreshToken(Sealed):
    """The one token that may be changed for the next; it works once."""

    PREFIX: ClassVar[str] = "rt"

    family = models.ForeignKey(TokenFamily, models.CASCADE, related_name="refresh_tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"rt_{self.public_id}_…"

    @classmethod
    def issue(cls, family: TokenFamily) -> str:
        """The next refresh token of a family."""
        expires = clock.now() + timedelta(days=settings.SESSION_IDLE_DAYS)
        return cls.seal(family=family, expires_at=min(expires, family.expires_at))[1]

    @classmethod
    def renew(cls, presented: str) -> Renewal:
        """Use a refresh token up. One that was used already ends its whole family.

        1. The family's row is locked, so that of many requests with one token a single one is first.
        2. The token is read again behind the lock: only now is `used_at` sure.
        3. A client that sends one token twice at once loses the family; clients send them in turn.
        """
        found = cls.unseal(presented, cls.objects.all())
        if found is None:
            return Renewal()
        with transaction.atomic():
            family = TokenFamily.objects.select_for_update(of=("self",)).select_related("user")
            owner = family.get(pk=found.family_id)
            token = cls.objects.get(pk=found.pk)
            now = clock.now()
            if not owner.lives_at(now):
                return Renewal(family=owner)
            if token.used_at:
                owner.revoke()
                return Renewal(family=owner, replayed=True)
            if token.expires_at <= now:
                return Renewal(family=owner)
            cls.objects.filter(pk=token.pk).update(used_at=Now())
            return Renewal(family=owner, refresh_token=cls.issue(owner))
