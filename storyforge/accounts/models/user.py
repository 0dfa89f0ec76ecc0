from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from storyforge.accounts.sessions import stored_key


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
    confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        default=timezone.now,
        help_text="When the address was confirmed; nobody signs in before.",
    )
    # The audit log knows people by this alone. It goes with the row, and then the log names nobody.
    audit_id = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def change_password(self, password: str, *, keep_session: str | None = None) -> None:
        """Set a checked password and end every session and token family but `keep_session`.

        They would end by themselves, since both are bound to the password; this clears the lists as well.
        """
        with transaction.atomic():
            self.set_password(password)
            self.save(update_fields=["password"])
            kept = stored_key(keep_session) if keep_session else ""
            self.sessions.exclude(session_key=kept).delete()
            self.families.filter(revoked_at=None).update(revoked_at=Now())
