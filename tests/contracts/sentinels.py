"""The secrets this process works with, to look for them where they must not be."""

from __future__ import annotations

import json
import os

from django.conf import settings

from tests.scripted_model import KEY
from tests.scripted_model.calls import Call


def secrets_in_use() -> list[str]:
    """Keys, peppers and addresses of the installation."""
    found = [
        settings.SECRET_KEY,
        *settings.TOKEN_PEPPERS.values(),
        *settings.FIELD_ENCRYPTION_KEYS,
        KEY,
        os.environ["DATABASE_URL"],
        os.environ["REDIS_URL"],
    ]
    return [str(secret) for secret in found if secret]


def words_of(call: Call) -> str:
    """All that a provider was sent but the key, which is its own."""
    return json.dumps([call.path, call.headers, call.body], ensure_ascii=False)
