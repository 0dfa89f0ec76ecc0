"""Rows that code is about to save for a world that lacks something: changed, related or new ones.

Relations that contradict what they relate go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from worldgen import phases, rules
from worldgen.prompting.briefs import brief_of
from worldgen.rows import Row, World, key_of
from worldgen.rules import number_of
from worldgen.rules.brief import Line


class Defaults:
    """Rows to save by table and key, and the roster lines of new ones.

    Two findings about one row change it together. Rows in `refused` were tried before and did not fit.
    """

    def __init__(self, world: World, *, refused: Collection[str] = ()) -> None:
        self.world, self.refused = world, refused
        self.brief = brief_of(world)
        self.rows: dict[str, dict[str, Row]] = {}
        self.lines: dict[str, list[Line]] = {}
        self.gone: dict[str, set[str]] = {}
        self._relations: dict[str, list[Row]] = {}

    def change(self, table: str, key: str) -> Row | None:
        """A row to change: one that stands, or is about to; None where it is protected or gone."""
        if key in self.rows.get(table, {}):
            return self.rows[table][key]
        standing = self.world.tables[table].get(key)
        if standing is None or not self.may_go(table, key) or key in self.refused:
            return None
        row = self.rows.setdefault(table, {}).setdefault(key, dict(standing.values))
        for name in phases.tables()[table].inline:
            row.setdefault(name, [])
        return row

    def may_go(self, table: str, key: str) -> bool:
        """Whether code may change or remove a row that stands: nobody's own, and not gone already."""
        standing = self.world.tables[table].get(key)
        gone = key in self.gone.get(table, ())
        return standing is not None and not standing.is_protected and not gone

    def remove(self, table: str, key: str) -> bool:
        """Let a relation go that contradicts what it relates; whether it goes."""
        if not self.may_go(table, key):
            return False
        self.rows.get(table, {}).pop(key, None)
        self.gone.setdefault(table, set()).add(key)
        return True

    def join(self, table: str, column: str, code: str, *, among: Iterable[str]) -> bool:
        """The first of these rows that has room takes a code into its set; whether one did."""
        field = phases.tables()[table]._meta.get_field(column)
        for key in among:
            row = self.change(table, key)
            if row is not None and len(row[column]) < field.high:  # type: ignore[union-attr]
                row[column] = sorted({*row[column], code})
                return True
        return False

    def drawn(self, table: str, key: str) -> Row:
        """A row that stands, as the rules would write it; empty where its code is not listed."""
        if key not in self.brief.rosters.get(table, {}):
            return {}
        return rules.write_rows(table, [key], self.brief)[0]

    def related(self, table: str) -> list[Row]:
        """The relations of a table that the rules would write."""
        if table not in self._relations:
            self._relations[table] = rules.write_relations(table, self.brief)
        return self._relations[table]

    def relate(self, table: str, wanted: dict[str, str]) -> bool:
        """The relation rows that the rules write for these ends; whether there is one to save."""
        model, standing = phases.tables()[table], self.world.tables[table]
        fit = [r for r in self.related(table) if all(r[k] == v for k, v in wanted.items())]
        new = {key_of(model, row): row for row in fit[:2]}
        new = {k: r for k, r in new.items() if k not in standing and k not in self.refused}
        self.rows.setdefault(table, {}).update(new)
        return bool(new)

    def put(self, table: str, row: Row) -> None:
        """A row of our own."""
        self.rows.setdefault(table, {})[key_of(phases.tables()[table], row)] = row

    def new(self, table: str, *, facts: Sequence[str] = (), **links: Any) -> Row:
        """One more row as the rules write it, under a new code, with the references that are wanted."""
        known = [*self.world.rosters.get(table, {}), *self.world.tables[table]]
        mine = {line["code"]: line for line in self.lines.get(table, ())}
        known += mine
        prefix = phases.tables()[table].code_prefix
        code = f"{prefix}{max(map(number_of, known), default=0) + 1:02d}"
        listed = {**self.brief.rosters, table: {**self.brief.rosters.get(table, {}), **mine}}
        brief = replace(self.brief, rosters=listed)
        line, row = rules.write_one_more(table, code, brief, links=links, facts=facts)
        self.lines.setdefault(table, []).append(line)
        self.rows.setdefault(table, {})[code] = row
        return row
