"""Rows as readers are shown them: what is written, the state, and the names behind the codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.directory import FACTS, target_name
from worldgen.edits.usage import soft_codes
from worldgen.models import Campaign, PCFact, PlayerCharacter, WorldRow
from worldgen.phases import table_of
from worldgen.rows import PARTY, STATE, Row, key_of, load_rows
from worldgen.secrets import hidden_codes, shown


def present(campaign: Campaign, rows: Sequence[WorldRow], *, secrets: bool) -> list[Row]:
    """Rows of one table, flat; to a player without what only game masters know.

    `names` gives the name behind each code in the row. The number of queries does not depend on that
    of the rows.
    """
    if not rows:
        return []
    model = type(rows[0])
    values = load_rows(rows)
    hidden = set() if secrets else hidden_codes(campaign.pk)
    written = {
        row.pk: values[row.pk] if secrets else shown(model, values[row.pk], row.revealed_fields, hidden)
        for row in rows
    }  # fmt: skip
    names = names_of(campaign, {c for found in written.values() for c in _codes(model, found)})
    return [
        {
            **_state(row, values[row.pk], secrets=secrets),
            **written[row.pk],
            "names": {c: names[c] for c in sorted(_codes(model, written[row.pk])) if c in names},
        }
        for row in rows
    ]


def _state(row: WorldRow, values: Row, *, secrets: bool) -> Row:
    model = type(row)
    found = {
        "id": str(row.pk),
        "table": table_of(model),
        "key": key_of(model, values),
        **{name: getattr(row, name) for name in STATE},
        "revealed_fields": row.revealed_fields,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
    return {**found, "extra": row.extra} if secrets else found


def _codes(model: type[WorldRow], values: Row) -> set[str]:
    """Every code that stands in these fields."""
    found: set[str] = set()
    for column in [*phases.links(model), *phases.link_sets(model)]:
        value = values.get(column.name)
        found.update(value if isinstance(value, list) else [value] if value else [])
    for link in model.soft_links:
        if link.field in values:
            found.update(code for code in soft_codes(values, link) if code)
    return found


def names_of(campaign: Campaign, codes: Iterable[str]) -> dict[str, str]:
    """Code to name, of rows, player characters and facts; one query for each table they are of."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        by_table[table_of_code(code)].append(code)
    found: dict[str, str] = {}
    for table, wanted in by_table.items():
        if not table:
            continue
        model, name = _named(table)
        rows = model.objects.filter(campaign=campaign, code__in=wanted)
        found.update(rows.values_list("code", name))
    return found


def table_of_code(code: str) -> str:
    """The table whose codes look like this one, the party and its facts too; empty where none does."""
    if code.startswith("pc"):
        return FACTS if "f" in code else PARTY
    return phases_table(code)


def _named(table: str) -> tuple[Any, str]:
    if table == PARTY:
        return PlayerCharacter, "name"
    return (PCFact, "text") if table == FACTS else (phases.tables()[table], "name")


def ids_of(campaign: Campaign, column: Any, codes: Iterable[str]) -> list[UUID]:
    """The ids of the rows that a reference may mean by these codes."""
    model, _ = _named(target_name(column))
    rows = model.objects.filter(campaign=campaign, code__in=list(codes))
    return list(rows.values_list("pk", flat=True))
