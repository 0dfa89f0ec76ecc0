"""Who is who in a campaign while rows are written: codes, names and ids.

What the rows of a table may refer to is read in one statement; each table is read once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Composed, Identifier, Literal

from storyforge.core.prepared import Prepared
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


class Named(NamedTuple):
    """A roster line as far as references mind it."""

    table: str
    code: str
    name: str
    fact_codes: list[str]


class Directory:
    """The rows of a campaign that references may mean, read as they are asked for.

    People may name whom they please; for writers (`minds_dead`) the dead hold no office.
    """

    def __init__(self, campaign: Campaign, *, minds_dead: bool = True) -> None:
        self.campaign, self.minds_dead = campaign, minds_dead
        self._tables: dict[str, dict[str, Entry]] = {}
        self._lines: list[Named] | None = None

    def entries(self, table: str) -> dict[str, Entry]:
        """The rows that stand in a table, or the party, or its facts, by code."""
        if table not in self._tables:
            self._read({table})
        return self._tables[table]

    @property
    def lines(self) -> list[Named]:
        """Every roster line of the campaign that is not dropped."""
        if self._lines is None:
            self._read(set())
        return self._lines or []

    @cached_property
    def facts_told(self) -> dict[str, list[str]]:
        """The facts that lines are about, by the code of the line."""
        return {line.code: line.fact_codes for line in self.lines if line.fact_codes}

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
        own = table_of(model)
        wanted = {*targets(model), *([own] if model.code_prefix else [])}
        self._read(wanted - set(self._tables))
        found = {line.code: Candidate(line.table, line.code, line.name) for line in self.lines}
        for table in wanted:
            for code, entry in self.entries(table).items():
                found[code] = Candidate(table, code, entry.name, self.minds_dead and entry.dead)
        for code, row in new.items():
            dead = self.minds_dead and _is_gone(own, row)
            found[code] = Candidate(own, code, str(row.get("name", "")), dead)
        return Ladder(found.values())

    def _read(self, wanted: set[str]) -> None:
        """Read tables, and the roster where it is not known yet; one statement."""
        names = tuple(sorted(wanted))
        if not names and self._lines is not None:
            return
        self._tables.update({name: {} for name in names})
        for table, text in _pieces(names, self._lines is None).all(campaign=self.campaign.pk):
            rows = json.loads(text or "[]")
            if table == ROSTER:
                self._lines = [Named(*row) for row in rows]
            else:
                self._tables[table] = {row[1]: _entry_of(table, row) for row in rows}


ROSTER = "roster"
#: id, code, name, hash of what is written there, status.
COLUMNS = {
    PARTY: "id, code, name, '', ''",
    FACTS: "id, code, text, '', ''",
    "entities": "id, code, name, content_hash, status",
    ROSTER: "table_name, code, name, fact_codes",
}
USUAL_COLUMNS = "id, code, name, content_hash, ''"
PIECE = SQL(
    "SELECT {part}, jsonb_agg(jsonb_build_array({columns}) ORDER BY code)::text FROM {table}"
    " WHERE campaign_id = %(campaign)s{which}"
)


@cache
def _pieces(names: tuple[str, ...], lines: bool) -> Prepared:  # noqa: FBT001 - of the cache
    parts = [*names, *([ROSTER] if lines else [])]
    return Prepared("read_names", SQL(" UNION ALL ").join(map(_piece, parts)).as_string(None))


def _piece(name: str) -> Composed:
    models: dict[str, type[Any]] = {PARTY: PlayerCharacter, FACTS: PCFact, ROSTER: RosterLine}
    return PIECE.format(
        part=Literal(name),
        columns=SQL(COLUMNS.get(name, USUAL_COLUMNS)),
        table=Identifier((models.get(name) or tables()[name])._meta.db_table),
        which=SQL(" AND NOT is_dropped" if name == ROSTER else ""),
    )


def targets(model: type[WorldRow]) -> set[str]:
    """The tables that rows of this model refer to, in references and in texts."""
    links = [*phases.links(model), *phases.link_sets(model)]
    return {target_name(f) for f in links} | {t for soft in model.soft_links for t in soft.to}


def target_name(column: Any) -> str:
    """The table a reference points to."""
    return PARTY if column.related_model is PlayerCharacter else table_of(column.related_model)


def _entry(table: str, pk: UUID, row: dict[str, Any]) -> Entry:
    return Entry(pk, row.get("name") or "", _is_gone(table, row), row.get("content_hash", ""))


def _entry_of(table: str, row: list[str]) -> Entry:
    pk, _, name, told, status = row
    told = fingerprint(name) if table == FACTS else told
    return Entry(UUID(pk), name, table == "entities" and status in GONE, told)


def _is_gone(table: str, row: dict[str, Any]) -> bool:
    return table == "entities" and row.get("status") in GONE
