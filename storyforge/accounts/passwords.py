from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import IO, Any

from django.conf import settings
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
SHA1_DIGITS = 40
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


class NotBreached:
    """Passwords that were stolen somewhere before are refused, where the operator has a list of them."""

    def validate(self, password: str, user: Any = None) -> None:
        path = settings.BREACHED_PASSWORDS_FILE
        if path and is_listed(password, Path(path)):
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        return "Your password is not one that was stolen somewhere else before."


def is_listed(password: str, path: Path) -> bool:
    """Whether its SHA-1 hash begins a line of the file, whose lines are sorted.

    The list has some forty gigabytes: it is searched where it lies, in about forty reads.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            found = _line_from(file, middle)
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_from(file, low) == wanted


def _line_from(file: IO[bytes], offset: int) -> bytes:
    """The hash on the first line that starts there or later; empty at the end."""
    file.seek(max(offset - 1, 0))
    if offset:
        file.readline()
    return file.readline()[:SHA1_DIGITS].upper()


def problems_with(password: str, user: User) -> list[str]:
    """What is wrong with a new password, in sentences; empty when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
