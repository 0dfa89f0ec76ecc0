from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from storyforge.accounts.models import User

LONGEST = 1_000  # characters; hashing a megabyte is work that a stranger could ask for


class LengthLimit:
    """Passwords have an upper bound, far above what anybody types."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password has at most {LONGEST:,} characters."


def problems_with(password: str, user: User) -> list[str]:
    """What is wrong with a new password, in sentences; empty when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
