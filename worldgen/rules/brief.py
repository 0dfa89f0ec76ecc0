"""What the writer by rules is told: plain frozen data, no Django and no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""One row as a model would answer it: field names of the table, references as codes."""
Line = dict[str, Any]
"""One roster line: code, name, line (at most 12 words), parent (code or None), facts (codes)."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One confirmed fact of a backstory; `text` is verbatim and at most 240 characters."""

    code: str
    kind: str
    text: str
    must_use: bool = True


@dataclass(frozen=True, kw_only=True)
class PlayerCharacter:
    """A player character and what its backstory says."""

    code: str
    name: str
    race_text: str = ""
    class_text: str = ""
    level: int = 1
    backstory: str = ""
    goals: Sequence[str] = ()
    bonds: Sequence[str] = ()
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, kw_only=True)
class Locks:
    """What the game master has settled and no writer may change."""

    tone: str = ""
    banned_words: Sequence[str] = ()
    naming_style: str = ""
    facts: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Brief:
    """All that a table run by rules may read.

    `rosters` holds the lines of the phases before and of the own one: table -> code -> line.
    `rows` holds rows that stand already: table -> code -> row. A row that is not there is taken to
    be what these rules would write, so a row reads the same whether its neighbors stand or not.
    `creatures` are names and challenge ratings from the vocabulary of the campaign.
    `attempt` above 0 words the rows anew; their links stay.
    """

    random_seed: int
    size: str = "standard"
    name: str = ""
    premise: str = ""
    genre: str = ""
    tone: str = ""
    technology_level: str = ""
    magic_level: str = "medium"
    rules_system: str = "generic"
    party_level: int = 1
    locks: Locks = Locks()
    characters: Sequence[PlayerCharacter] = ()
    rosters: Mapping[str, Mapping[str, Line]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    creatures: Sequence[tuple[str, str]] = ()
    attempt: int = 0

    def facts(self) -> dict[str, tuple[PlayerCharacter, Fact]]:
        """Return every fact by its code, with the character whose backstory it is from."""
        return {f.code: (pc, f) for pc in self.characters for f in pc.facts}
