"""Room on the interpreter's stack: tests run deep, below pytest and above Django.

CPython keeps the frames of a thread in chunks of 16 KB, takes a new one from the kernel when a call does not fit, and
gives it back when that call returns. A loop that happens to stand at the end of a chunk does both at each call; a
fifth of the suite's time went there. (CPython issue 142183, mended in 3.13.13 and 3.14.4; web requests and jobs,
which run less deep, were measured and do not meet it.) A frame that does not fit gets a chunk as large as it asks
for, doubled from 16 KB, and the frames above it use what is left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

# Slots of 8 bytes: a little more than half of 512 KB, so that 240 KB are left: a thousand frames and more.
# Nobody writes to those claimed, so they are addresses without memory.
SLOTS = 33_000


def with_room(call: Callable[..., object], session: pytest.Session) -> object:
    """Call above a chunk that holds whatever the call needs."""
    return call(session=session)


with_room.__code__ = with_room.__code__.replace(co_stacksize=SLOTS)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """All others' loop, with room."""
    this = sys.modules[__name__]
    rest = session.config.pluginmanager.subset_hook_caller("pytest_runtestloop", [this])
    return with_room(rest, session)
