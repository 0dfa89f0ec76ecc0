"""How many rows the tables of a campaign hold, and in which state: one query for all tables."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Value

from worldgen.models.base import PROTECTED, RowState
from worldgen.phases import tables
from worldgen.reader import Reader
from worldgen.shown import words

STATES = {
    "stale": Q(is_stale=True),
    "protected": Q(is_locked=True) | Q(source__in=PROTECTED),
    "repair": Q(row_state=RowState.NEEDS_REPAIR),
    "accepted": Q(row_state=RowState.ACCEPTED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TableCount:
    """The rows of a table that one person may see."""

    table: str
    rows: int = 0
    stale: int = 0
    protected: int = 0
    repair: int = 0
    accepted: int = 0

    @property
    def label(self) -> str:
        """The table's name in words."""
        return words(self.table)


def counts_of(reader: Reader) -> dict[str, TableCount]:
    """The counts of every table, empty ones too, in the order of the phases."""
    parts = [
        reader.rows(table)
        .order_by()
        .annotate(table=Value(table))
        .values("table")
        .annotate(rows=Count("pk"), **{n: Count("pk", filter=q) for n, q in STATES.items()})
        .values("table", "rows", *STATES)
        for table in tables()
    ]
    found = {row["table"]: TableCount(**row) for row in parts[0].union(*parts[1:], all=True)}
    return {table: found.get(table, TableCount(table=table)) for table in tables()}
