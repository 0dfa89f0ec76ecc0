"""Random streams: one for each row and purpose, so that no row depends on the order of the others."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Stream:
    """A stream of chance that is the same for the same key, on every machine and every day.

    Only `Random.random()` is used: it is the one method that Python promises never to change.
    """

    def __init__(self, *key: object) -> None:
        joined = "\x1f".join(str(part) for part in key)
        digest = hashlib.sha256(joined.encode("utf-8", "surrogatepass")).digest()
        self._dice = random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - not a secret

    def unit(self) -> float:
        """Return a number in [0, 1)."""
        return self._dice.random()

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.unit() * (max(low, high) - low + 1))

    def chance(self, share: float) -> bool:
        """Return true in that share of cases."""
        return self.unit() < share

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.unit() * len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in a new order."""
        rest = list(options)
        return [rest.pop(int(self.unit() * len(rest))) for _ in range(len(rest))]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Return at most `count` different options."""
        return self.shuffled(options)[: max(0, count)]
