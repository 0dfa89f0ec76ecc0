"""Changing tables while others use them.

A change that waits for its lock makes everybody who comes after it wait, too. So it waits a moment
only, lets them pass, and tries again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import OperationalError

LOCK_MS = 300  # longest a change stands in anybody's way
TRIES = 100  # about a minute, between the tries of one change
_spread = random.SystemRandom()


def patiently(execute: Callable[[str], Any], change: Callable[[], Any]) -> None:
    """Make the change, waiting `LOCK_MS` for each lock it takes, and again until it gets them.

    `execute` runs a statement on the same connection. Raises what the last of `TRIES` raised.
    """
    execute(f"SET lock_timeout = {LOCK_MS}")
    try:
        for left in reversed(range(TRIES)):
            try:
                change()
            except (OperationalError, psycopg.OperationalError) as error:
                cause = error.__cause__ or error
                if not left or not isinstance(cause, psycopg.errors.LockNotAvailable):
                    raise
                time.sleep(_spread.uniform(0.2, 0.8))
            else:
                return
    finally:
        execute("SET lock_timeout = 0")
