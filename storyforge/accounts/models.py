"""People who sign in, and the tokens their programs use."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person; the e-mail address is the name they sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class APIToken(models.Model):
    """A key for programs: shown once, kept as a keyed hash, read-only or read and write."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
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
        public_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user,
            name=name,
            scope=scope,
            expires_at=expires_at,
            public_id=public_id,
            digest=_digest(secret),
        )
        return token, f"sf_{public_id}_{secret}"

    @classmethod
    def find(cls, presented: str) -> Self | None:
        """The live token of an active user that `presented` belongs to, or None."""
        prefix, _, rest = presented.partition("_")
        public_id, _, secret = rest.partition("_")
        if prefix != "sf" or not secret:
            return None
        alive = models.Q(expires_at=None) | models.Q(expires_at__gt=Now())
        token = (
            cls.objects.select_related("user")
            .filter(alive, public_id=public_id, user__is_active=True)
            .first()
        )
        if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
            return None
        return token


def _digest(secret: str) -> str:
    """Keyed with SECRET_KEY, so that a copy of the database holds nothing usable."""
    return salted_hmac("storyforge.accounts.token", secret, algorithm="sha256").hexdigest()
