from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from storyforge.accounts.models import User

# Listed in docs/security/sign-in.md.
OWN_WORDS = frozenset(
    {"storyforge", "story", "forge", "studio", "writer", "author", "script", "screenplay"}
    | {"worldgen", "campaign", "dungeon", "master", "admin", "administrator", "owner", "editor"}
    | {"password", "passphrase", "secret", "letmein", "welcome", "login", "signin"}
    | {"test", "demo", "sample"}
)
LEFT_OVER = 8  # characters that must stand besides them
LONGEST = 1_000  # characters; hashing a megabyte is work that a stranger could ask for


class LengthLimit:
    """Passwords have an upper bound, far above what anybody types."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password has at most {LONGEST:,} characters."


class OwnWords:
    """Passwords are more than the words somebody would try here first."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.lower()
        for word in sorted(OWN_WORDS, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < min(len(password), LEFT_OVER):
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self) -> str:
        return "Your password is more than words of this studio and some digits."


def problems_with(password: str, user: User) -> list[str]:
    """What is wrong with a new password, in sentences; empty when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
