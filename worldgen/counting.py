"""How many rows the tables of a campaign hold, by state: one statement for all of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Q, Value

from worldgen import phases
from worldgen.models import Campaign, RowState
from worldgen.models.base import PROTECTED
from worldgen.secrets import visible

if TYPE_CHECKING:
    from storyforge.projects.models import Actor


def counted(campaign: Campaign, user: Actor) -> list[dict[str, Any]]:
    """Each table with the rows this user sees: all, by state, stale and protected ones."""
    each = [
        visible(user, model.objects.filter(campaign=campaign))
        .order_by()
        .annotate(of=Value(table, CharField()))
        .values_list("of", "row_state")
        .annotate(
            rows=Count("pk"),
            stale=Count("pk", filter=Q(is_stale=True)),
            protected=Count("pk", filter=Q(is_locked=True) | Q(source__in=PROTECTED)),
        )
        for table, model in phases.tables().items()
    ]
    by_table: dict[str, list[tuple[str, int, int, int]]] = defaultdict(list)
    for table, state, rows, stale, protected in each[0].union(*each[1:], all=True):
        by_table[table].append((state, rows, stale, protected))
    return [_line(table, by_table[table]) for table in phases.tables()]


def _line(table: str, found: list[tuple[str, int, int, int]]) -> dict[str, Any]:
    return {
        "table": table,
        "phase": phases.phase_of(table).code,
        "rows": sum(rows for _, rows, _, _ in found),
        "states": dict.fromkeys(RowState.values, 0) | {f[0]: f[1] for f in found},
        "stale": sum(stale for _, _, stale, _ in found),
        "protected": sum(protected for _, _, _, protected in found),
    }
