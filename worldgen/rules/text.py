"""A small grammar: templates with slots, filled from a row, its neighbors and pools of words.

`{place}` is a slot or a pool, `{a beast}` puts the article before it, `{Place}` begins with a
capital. What a caller passes is never read as a template, so a name may hold any sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import gcd

from worldgen.rules.rng import Stream

_SLOT = re.compile(r"\{([Aa]n? )?(\w+)\}")
_START = re.compile(r"(^|[.!?][”’\"]? +)([“‘\"]?)([a-z])")
_KEPT = re.compile("\ue000(\\d+)\ue001")
_ON = re.compile(
    r"\b([Ii]n)( the (?:[\w’'-]+ ){1,2}?(?:Isle|Strand|Coast|Shoals?|Holm|Skerries|Moor|Riviera|Shelf|Steppe|Sound|Skerry|Quay)\b)"
)
"""One lives on a coast, not in it."""
_MARKS = str.maketrans("", "", "\ue000\ue001")
_SILENT_H = ("honest", "hour", "heir", "honor")
_LIKE_CONSONANT = ("uni", "use", "usu", "one", "once", "eu", "ut")
_END = re.compile(r"[.!?][”’]?(?= |$)")


class Quote(str):
    """Words of a person that stay as they are, to the letter."""

    __slots__ = ()


def with_article(words: str) -> str:
    """Return the words with "a" or "an" before them, by sound."""
    low = words.lower().lstrip("“‘\"'")
    vowel = low[:1] in set("aeiou") and not low.startswith(_LIKE_CONSONANT)
    return f"{'an' if vowel or low.startswith(_SILENT_H) else 'a'} {words}"


def on_coasts(words: str) -> str:
    """Return the text with "on" before the names of coasts and islands."""
    return _ON.sub(lambda m: ("On" if m[1] == "In" else "on") + m[2], words)


def sentences(words: str) -> str:
    """Return the text with a capital at the start of each sentence and single spaces."""
    words = on_coasts(" ".join(words.split()))
    return _START.sub(lambda m: m[1] + m[2] + m[3].upper(), words)


def fit(words: str, limit: int) -> str:
    """Return the text within the limit: cut after a sentence, else after a word."""
    if len(words) <= limit:
        return words
    ends = [m.end() for m in _END.finditer(words) if m.end() <= limit]
    if ends and ends[-1] >= limit * 0.4:
        return words[: ends[-1]]
    cut = words[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut else cut).rstrip(" ,;:—") + "…"


def listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def plural(words: str) -> str:
    """Return the plural of a noun, of the head where a phrase follows it ("keeper of the mere")."""
    link = " of " if " of " in words else " to "
    head, of, rest = words.partition(link)
    if head.endswith("man"):
        head = head[:-3] + "men"
    elif head.endswith(("wolf", "elf", "thief", "calf")):
        head = head[:-1] + "ves"
    elif head.endswith("mouse"):
        head = head[:-5] + "mice"
    elif head.endswith(("s", "x", "ch", "sh")):
        head += "es"
    elif head.endswith("y") and head[-2:-1] not in tuple("aeiou"):
        head = head[:-1] + "ies"
    else:
        head += "s"
    return head + of + rest


def in_sentence(name: str) -> str:
    """Return a name as it stands inside a sentence: with a small article."""
    return "the " + name[4:] if name.startswith("The ") else name


def capital(words: str) -> str:
    """Return the words with a capital at the start."""
    return words[:1].upper() + words[1:]


def fill(template: str, slots: Mapping[str, object], draw: Callable[[str], str]) -> str:
    """Return the template with its slots filled; a slot nobody passed is drawn from its pool."""
    kept: list[str] = []

    def value(match: re.Match[str]) -> str:
        key = match[2].lower()
        found = slots.get(key)
        if isinstance(found, Quote):
            kept.append(str(found))
            return f"\ue000{len(kept) - 1}\ue001"
        text = draw(key) if found is None else str(found).translate(_MARKS)
        text = with_article(text) if match[1] else text
        return capital(text) if match[2][0].isupper() else text

    filled = sentences(_SLOT.sub(value, template))
    return _KEPT.sub(lambda m: kept[int(m[1])], filled).strip()


@cache
def _stride(rows: int, cards: int) -> int:
    """Return a step that visits every card and, where it can, skips those dealt to other rows."""
    step = rows % cards or 1
    while gcd(step, cards) != 1:
        step += 1
    return step


class Voice:
    """Words for one row. Pools are dealt like cards: rows of a table get different entries."""

    def __init__(
        self,
        pool: Callable[[str], Sequence[str]],
        order: Callable[[str], Sequence[str]],
        *,
        turn: int,
        rows: int,
        dice: Stream,
    ) -> None:
        self._pool, self._order = pool, order
        self._turn, self._rows = turn, rows
        self._drawn: dict[str, int] = {}
        self.dice = dice

    def has(self, pool: str) -> bool:
        """Tell whether there is such a pool."""
        return bool(self._pool(pool))

    def raw(self, pool: str) -> str:
        """Return the next entry of a pool as it stands."""
        cards = self._order(pool)
        if not cards:
            raise KeyError(pool)
        count = self._drawn.get(pool, 0)
        self._drawn[pool] = count + 1
        return cards[(self._turn + count * _stride(self._rows, len(cards))) % len(cards)]

    def pick(self, pool: str, **slots: object) -> str:
        """Return the next entry of a pool with its slots filled, without a sentence's capital."""
        if not self.has(pool) and pool.endswith("s") and self.has(pool[:-1]):
            return plural(self.pick(pool[:-1], **slots))
        entry = self.raw(pool)
        return (
            on_coasts(_SLOT.sub(lambda m: self._slot(m, slots), entry)) if "{" in entry else entry
        )

    def _slot(self, match: re.Match[str], slots: Mapping[str, object]) -> str:
        key = match[2].lower()
        found = slots.get(key)
        text = self.pick(key, **slots) if found is None else str(found)
        text = with_article(text) if match[1] else text
        return capital(text) if match[2][0].isupper() else text

    def some(self, pool: str, count: int, limit: int = 160, **slots: object) -> list[str]:
        """Return at most `count` different entries of a pool, each within the limit."""
        found: dict[str, None] = {}
        for _ in range(min(len(self._pool(pool)), count * 3)):
            if len(found) < count:
                found[fit(self.pick(pool, **slots), limit)] = None
        return list(found)

    def say(self, limit: int, pool: str, **slots: object) -> str:
        """Return one sentence or more from a pool of templates, within the limit."""
        return self.tell(limit, self.raw(pool), **slots)

    def tell(self, limit: int, template: str, **slots: object) -> str:
        """Return a given template filled, within the limit."""
        return fit(fill(template, slots, lambda key: self.pick(key, **slots)), limit)


def together(limit: int, *parts: str) -> str:
    """Return the parts as one text, leaving out those that no longer fit."""
    text = ""
    for part in parts:
        longer = f"{text} {part}".strip()
        if part and len(longer) <= limit:
            text = longer
    return text or fit(parts[0] if parts else "", limit)
