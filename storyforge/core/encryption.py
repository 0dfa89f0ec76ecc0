"""Secrets that must be read again, encrypted where they lie. What is only compared is hashed instead."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from storyforge.core.errors import StoryforgeError


class SecretUnreadable(StoryforgeError):
    """A stored secret cannot be read with this server's keys. Enter it again, or ask the operator."""

    code = "secret_unreadable"
    status = 503


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database and its dumps never see: encrypted on the way in, by the newest key.

    Neither filtered nor ordered by: the same text is another ciphertext each time. Raises
    `SecretUnreadable` on reading where no key of `FIELD_ENCRYPTION_KEYS` fits.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return text if text in (None, "") else encrypt(text)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return value if value in (None, "") else decrypt(str(value))


def encrypt(text: str) -> str:
    """A Fernet token of the text, under the first key."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token made under any of the keys; raises `SecretUnreadable`."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def _fernet() -> MultiFernet:
    return _of(tuple(settings.FIELD_ENCRYPTION_KEYS) or (settings.SECRET_KEY,))


@lru_cache(maxsize=4)
def _of(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """32 bytes for Fernet from a long text, by HKDF (RFC 5869)."""
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"storyforge.core.encryption")
    return base64.urlsafe_b64encode(made.derive(key.encode()))


def encrypted_fields(model: type[models.Model]) -> list[str]:
    """The names of a model's fields that hold secrets."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if isinstance(field, EncryptedTextField)]
