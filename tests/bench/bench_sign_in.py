"""Does time tell who has an account? Medians of answers for known and unknown addresses, in turn."""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
os.environ |= {"RATE_LIMITS": "off", "EMAIL_URL": "console://", "ALLOWED_HOSTS": "testserver"}
SAMPLES = 200
AT_ONCE = 20
PASSWORD = "a quiet harbor at dusk"  # noqa: S105 - of accounts made here
_numbers = itertools.count(1)


def client() -> Any:
    """Nobody's, from an address of its own, so that no try is locked."""
    from rest_framework.test import APIClient

    number = next(_numbers)
    return APIClient(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def seconds(path: str, body: dict[str, str]) -> float:
    each = client()
    started = time.perf_counter()
    each.post(path, body)
    return time.perf_counter() - started


def compare(name: str, path: str, bodies: Callable[[str], dict[str, str]]) -> None:
    """One line: both medians in milliseconds and how far they are apart."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(SAMPLES + 5):
        for who, email in (
            ("known", "ada@example.org"),
            ("unknown", f"{name}{number}@example.org"),
        ):
            took = seconds(path, bodies(email))
            if number >= 5:  # the first ones warm up
                times[who].append(took)
    known, unknown = (statistics.median(times[who]) * 1000 for who in ("known", "unknown"))
    apart = abs(known - unknown) / max(known, unknown) * 100
    print(f"{name:<10} known {known:6.1f} ms   unknown {unknown:6.1f} ms   apart {apart:4.1f} %")


def sign_ins_at_once() -> None:
    """How long the slowest of so many sign-ins at the same moment waits."""
    from django.db import connections

    def once(_: int) -> float:
        try:
            return seconds("/api/v1/auth/login", {"email": "ada@example.org", "password": PASSWORD})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        took = sorted(threads.map(once, range(AT_ONCE)))
    print(
        f"{AT_ONCE} sign-ins at once: median {took[AT_ONCE // 2]:.2f} s, slowest {took[-1]:.2f} s"
    )


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    call_command("migrate", verbosity=0)
    from storyforge.accounts.models import User

    User.objects.filter(email="ada@example.org").delete()
    User.objects.create_user("ada@example.org", PASSWORD)
    wrong = {"password": "another harbor at dawn"}
    compare("login", "/api/v1/auth/login", lambda email: {"email": email, **wrong})
    compare("register", "/api/v1/auth/register", lambda email: {"email": email, **wrong})
    compare("forgot", "/api/v1/auth/password/forgot", lambda email: {"email": email})
    sign_ins_at_once()


if __name__ == "__main__":
    main()
