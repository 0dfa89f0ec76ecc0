"""A text that a regular expression matches, for the expressions that schemas use."""

from __future__ import annotations

import random
import re
import string
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ANY = string.ascii_lowercase + string.digits
CATEGORIES = {
    op.CATEGORY_DIGIT: string.digits,
    op.CATEGORY_WORD: ANY,
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_DIGIT: string.ascii_lowercase,
    op.CATEGORY_NOT_SPACE: ANY,
    op.CATEGORY_NOT_WORD: " -.",
}
TRIES = 200
FEW = 8  # repetitions where the expression sets no upper limit


def text_matching(
    pattern: str, dice: random.Random, *, low: int = 0, high: int | None = None
) -> str:
    """A text of `low` to `high` characters in which `pattern` is found.

    Raises `ValueError` where none is found by trying: look-around and back references are not known.
    """
    for attempt in range(TRIES):
        text = _written(parser.parse(pattern), dice, few=max(FEW, low) if attempt % 2 else FEW)
        if len(text) >= low and (high is None or len(text) <= high) and re.search(pattern, text):
            return text
    raise ValueError(f"no text found for the pattern {pattern!r}")


def _written(nodes: Any, dice: random.Random, *, few: int) -> str:
    return "".join(_node(kind, value, dice, few=few) for kind, value in nodes)


def _node(kind: Any, value: Any, dice: random.Random, *, few: int) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return dice.choice([c for c in ANY if ord(c) != value])
    if kind is op.ANY:
        return dice.choice(ANY)
    if kind is op.IN:
        return _one_of(value, dice)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, inner = value
        count = dice.randint(least, min(most, least + few))
        return "".join(_written(inner, dice, few=few) for _ in range(count))
    if kind is op.SUBPATTERN:
        return _written(value[3], dice, few=few)
    if kind is op.ATOMIC_GROUP:
        return _written(value, dice, few=few)
    if kind is op.BRANCH:
        return _written(dice.choice(value[1]), dice, few=few)
    return ""


def _one_of(members: Any, dice: random.Random) -> str:
    allowed: list[str] = []
    for kind, value in members:
        if kind is op.LITERAL:
            allowed.append(chr(value))
        elif kind is op.RANGE:
            allowed += [chr(c) for c in range(value[0], min(value[1], value[0] + 200) + 1)]
        elif kind is op.CATEGORY:
            allowed += CATEGORIES.get(value, "")
    if members[0][0] is op.NEGATE:
        allowed = [c for c in ANY + " -." if c not in allowed]
    return dice.choice(allowed) if allowed else ""
