"""Who is who in a campaign while rows are written: codes, names and ids, each table read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.answers.references import Candidate, Ladder
from worldgen.models import Campaign, PCFact, PlayerCharacter, RosterLine, WorldRow
from worldgen.phases import table_of, tables
from worldgen.rows import PARTY, Row, fingerprint

FACTS = "pc_facts"
GONE = ("dead", "missing")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be named."""

    id: UUID
    name: str
    dead: bool = False
    told: str = ""  # hash of what is written there


class Directory:
    """The rows of a campaign that references may mean, read as they are asked for.

    People may name whom they please; for writers (`minds_dead`) the dead hold no office.
    """

    def __init__(self, campaign: Campaign, *, minds_dead: bool = True) -> None:
        self.campaign, self.minds_dead = campaign, minds_dead
        self._tables: dict[str, dict[str, Entry]] = {}

    def entries(self, table: str) -> dict[str, Entry]:
        """The rows that stand in a table, or the party, or its facts, by code."""
        if table not in self._tables:
            self._tables[table] = dict(self._read(table))
        return self._tables[table]

    @cached_property
    def lines(self) -> list[RosterLine]:
        """Every roster line of the campaign that is not dropped."""
        return list(RosterLine.objects.filter(campaign=self.campaign, is_dropped=False))

    def add(self, table: str, rows: dict[str, WorldRow]) -> None:
        """Rows that were written just now."""
        if tables()[table].code_prefix:
            new = {code: _entry(table, row.pk, vars(row)) for code, row in rows.items()}
            self.entries(table).update(new)

    def codes(self, model: type[WorldRow]) -> dict[UUID, str]:
        """Id to code of everything that rows of this model refer to, themselves included."""
        wanted = {*targets(model), *([table_of(model)] if model.code_prefix else [])} - {FACTS}
        return {e.id: code for table in wanted for code, e in self.entries(table).items()}

    def ladder(self, model: type[WorldRow], new: dict[str, Row]) -> Ladder:
        """The candidates for rows of this model: rows that stand, lines, and the new rows by code."""
        found = {line.code: Candidate(line.table_name, line.code, line.name) for line in self.lines}
        own = table_of(model)
        for table in {*targets(model), *([own] if model.code_prefix else [])}:
            for code, entry in self.entries(table).items():
                found[code] = Candidate(table, code, entry.name, self.minds_dead and entry.dead)
        for code, row in new.items():
            dead = self.minds_dead and _is_gone(own, row)
            found[code] = Candidate(own, code, str(row.get("name", "")), dead)
        return Ladder(found.values())

    def _read(self, table: str) -> Iterator[tuple[str, Entry]]:
        if table == PARTY:
            rows: Any = PlayerCharacter.objects.values("pk", "code", "name")
        elif table == FACTS:
            rows = PCFact.objects.values("pk", "code", "text")
        else:
            columns = ["status"] if table == "entities" else []
            rows = tables()[table].objects.values("pk", "code", "name", "content_hash", *columns)
        for row in rows.filter(campaign=self.campaign):
            yield row["code"], _entry(table, row["pk"], row)


def targets(model: type[WorldRow]) -> set[str]:
    """The tables that rows of this model refer to, in references and in texts."""
    links = [*phases.links(model), *phases.link_sets(model)]
    return {target_name(f) for f in links} | {t for soft in model.soft_links for t in soft.to}


def target_name(column: Any) -> str:
    """The table a reference points to."""
    return PARTY if column.related_model is PlayerCharacter else table_of(column.related_model)


def _entry(table: str, pk: UUID, row: dict[str, Any]) -> Entry:
    told = fingerprint(row["text"]) if table == FACTS else row.get("content_hash", "")
    return Entry(pk, row.get("name") or row.get("text") or "", _is_gone(table, row), told)


def _is_gone(table: str, row: dict[str, Any]) -> bool:
    return table == "entities" and row.get("status") in GONE
