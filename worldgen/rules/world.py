"""A world as the rules see it: rosters, the links of every row, voices and tongues.

The *shape* of a row is what other rows lean on: its references, kinds and numbers. All shapes of a
table are drawn together, so that what must hold across rows holds by construction. They do not
depend on the attempt. Where a row stands already, its own values win over the drawn ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from worldgen.rules.brief import Brief, Line, Row
from worldgen.rules.names import Registry, Tongue, family_order, tongue
from worldgen.rules.rng import Stream
from worldgen.rules.tables import number_of, row_count
from worldgen.rules.text import Voice, in_sentence
from worldgen.rules.theme import Theme


@dataclass(frozen=True, kw_only=True)
class Writer:
    """How one table is written: its links, its roster lines, its rows."""

    shape: Callable[[World], dict[str, Row]]
    line: Callable[[World, str, Registry], Line]
    row: Callable[[World, str], Row]


class World:
    """What one table run may know, with everything drawn on demand.

    Rows whose codes are in `anew` are about to be written: what stands of them does not count.
    """

    def __init__(
        self, brief: Brief, writers: Mapping[str, Writer], *, anew: Collection[str] = ()
    ) -> None:
        self.brief = brief
        self._anew = frozenset(anew)
        self.theme = Theme(brief)
        self.rosters: dict[str, dict[str, Line]] = {t: dict(r) for t, r in brief.rosters.items()}
        self._writers = writers
        self._codes: dict[str, list[str]] = {}
        self._shapes: dict[str, dict[str, Row]] = {}
        self._tongues: dict[int, Tongue] = {}
        self.kept: dict[str, Any] = {}

    def codes(self, table: str) -> list[str]:
        """Return the codes of a table's roster, by number."""
        if table not in self._codes:
            self._codes[table] = self._sorted(table)
        return self._codes[table]

    def _sorted(self, table: str) -> list[str]:
        return sorted(self.rosters.get(table, {}), key=lambda code: (number_of(code), code))

    def line(self, table: str, code: str) -> Line:
        """Return a roster line; an empty one where the roster has none."""
        return self.rosters.get(table, {}).get(code) or {"code": code}

    def name(self, table: str, code: str | None) -> str:
        """Return the name of a row, or nothing for no code."""
        return str(self.line(table, code).get("name") or "") if code else ""

    def the(self, table: str, code: str | None) -> str:
        """Return the name as it stands inside a sentence: with a small article."""
        return in_sentence(self.name(table, code))

    def shape(self, table: str) -> dict[str, Row]:
        """Return code -> shape for every row of a table."""
        if table not in self._shapes:
            drawn = self._writers[table].shape(self)
            standing = self.brief.rows.get(table, {})
            for code in drawn.keys() & standing.keys() - self._anew:
                row = standing[code]
                drawn[code].update(
                    {k: _plain(row[k]) for k in drawn[code] if row.get(k) is not None}
                )
            self._shapes[table] = drawn
        return self._shapes[table]

    def of(self, table: str, code: str | None) -> Row:
        """Return the shape of one row; an empty one for no code or an unknown one."""
        return self.shape(table).get(code or "", {})

    def written(self, table: str, code: str) -> Row:
        """Return the row as these rules write it."""
        words = self._writers[table].row(self, code)
        return {"code": code, "name": self.name(table, code), **words}

    def row(self, table: str, code: str) -> Row:
        """Return the row that stands, else the one these rules write."""
        return self.brief.rows.get(table, {}).get(code) or self.written(table, code)

    def stream(self, table: str, code: str, purpose: str) -> Stream:
        """Return the stream of chance for what links a row; the attempt does not change it."""
        return Stream(self.brief.random_seed, table, code, purpose)

    def voice(self, table: str, code: str, purpose: str = "words") -> Voice:
        """Return the voice of one row: words and free numbers of this attempt."""
        attempt = self.brief.attempt
        base = table.partition(":")[0]
        return Voice(
            self.theme.pool,
            lambda pool: self.theme.order(table, pool),
            turn=max(0, number_of(code) - 1) + attempt * 5,
            rows=max(1, row_count(base, self.brief)),
            dice=Stream(self.brief.random_seed, table, code, purpose, attempt),
        )

    def tongue(self, number: int) -> Tongue:
        """Return the language of that number: 0 for the land itself, then one for each race."""
        if number not in self._tongues:
            order = self._families
            dice = Stream(self.brief.random_seed, "tongue", number, *self.theme.settings)
            # A wished-for style leads; each language draws its own sounds from it.
            family = order[0] if self.brief.locks.naming_style else order[number % 4]
            self._tongues[number] = tongue(family, dice)
        return self._tongues[number]

    @cached_property
    def _families(self) -> list[str]:
        dice = Stream(self.brief.random_seed, "families", *self.theme.settings)
        return family_order(self.theme.tongue_wishes, dice)

    def kind(self, table: str, code: str, default: str, words: tuple[str, ...]) -> str:
        """Return the kind that the roster line names first, else the drawn one.

        So a line that a person edits from "Village" to "City" makes a city.
        """
        text = str(self.line(table, code).get("line") or "").casefold()
        found = ((m.start(), -len(w), w) for w in words if (m := _spelled(w).search(text)))
        return min(found, default=(0, 0, default))[2]

    def mentioned(self, table: str, code: str, target: str) -> str | None:
        """Return the row of `target` that a line names, the longest name first."""
        told = str(self.line(table, code).get("line") or "").casefold()
        hits = [c for c in self.codes(target) if self.name(target, c) and self.the(target, c).casefold() in told]  # fmt: skip
        return max(hits, key=lambda c: (len(self.name(target, c)), c), default=None)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _spelled(word: str) -> re.Pattern[str]:
    if word not in _PATTERNS:
        _PATTERNS[word] = re.compile(rf"\b{re.escape(word.replace('_', ' '))}\b")
    return _PATTERNS[word]


def spelled(word: str) -> str:
    """Return an enum word as people read it."""
    return word.replace("_", " ")


def short(text: str, words: int = 12) -> str:
    """Return at most that many words: a roster line."""
    parts = text.split()
    return " ".join(parts) if len(parts) <= words else " ".join(parts[:words]).rstrip(",;")


def line_of(
    name: str, text: str, *, parent: str | None = None, facts: tuple[str, ...] = ()
) -> Line:
    """Return a roster line; the code is added by the roster."""
    line = short(text)
    return {
        "name": name,
        "line": line[:1].upper() + line[1:],
        "parent": parent,
        "facts": list(facts),
    }


def public(shape: Row) -> Row:
    """Return the fields of a shape; keys with an underscore are notes for other rows."""
    return {key: value for key, value in shape.items() if not key.startswith("_")}
