"""How many rows the tables of a campaign hold, and in which state: one query for all tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, Value

from worldgen import phases
from worldgen.models.base import PROTECTED, RowState
from worldgen.phases import tables
from worldgen.views.reader import Reader
from worldgen.views.shown import words

STATES = {
    "stale": Q(is_stale=True),
    "protected": Q(is_locked=True) | Q(source__in=PROTECTED),
    "repair": Q(row_state=RowState.NEEDS_REPAIR),
    "accepted": Q(row_state=RowState.ACCEPTED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TableCount:
    """The rows of a table that one person may see; `states` has every state, those without rows too."""

    table: str
    rows: int
    stale: int
    protected: int
    states: Mapping[str, int]

    @property
    def label(self) -> str:
        """The table's name in words."""
        return words(self.table)

    @property
    def phase(self) -> str:
        """The code of the phase that makes it."""
        return phases.phase_of(self.table).code

    @property
    def repair(self) -> int:
        """Rows that need a hand."""
        return self.states[RowState.NEEDS_REPAIR]


def counts_of(reader: Reader) -> dict[str, TableCount]:
    """The counts of every table, empty ones too, in the order of the phases."""
    sums = {name: Count("pk", filter=STATES[name]) for name in ("stale", "protected")}
    sums |= {f"is_{of}": Count("pk", filter=Q(row_state=of)) for of in RowState.values}
    parts = [
        reader.rows(table)
        .order_by()
        .annotate(table=Value(table))
        .values("table")
        .annotate(rows=Count("pk"), **sums)
        .values("table", "rows", *sums)
        for table in tables()
    ]
    found = {row["table"]: row for row in parts[0].union(*parts[1:], all=True)}
    return {table: _count(table, found.get(table, {})) for table in tables()}


def _count(table: str, row: Mapping[str, int]) -> TableCount:
    return TableCount(
        table=table,
        rows=row.get("rows", 0),
        stale=row.get("stale", 0),
        protected=row.get("protected", 0),
        states={of: row.get(f"is_{of}", 0) for of in RowState.values},
    )
