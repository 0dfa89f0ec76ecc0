"""Things of a text that lie in a stretch of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol, TypeVar


class _HasStart(Protocol):
    @property
    def start(self) -> int: ...


Starting = TypeVar("Starting", bound=_HasStart)


def within(items: Sequence[Starting], start: int, end: int) -> Sequence[Starting]:
    """Those of items in order that begin in `start:end`."""
    low = bisect_left(items, start, key=lambda one: one.start)
    return items[low : bisect_left(items, end, lo=low, key=lambda one: one.start)]
