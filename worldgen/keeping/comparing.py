"""Two moments of a world side by side: rows added, rows changed field by field, rows dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from worldgen import phases
from worldgen.keeping import history
from worldgen.models import Campaign, GenerationRun
from worldgen.rows import Row, load


@dataclass(kw_only=True, slots=True)
class Difference:
    """By table and key: rows that came, fields that changed (from, to), rows that went."""

    added: dict[str, dict[str, Row]] = field(default_factory=dict)
    changed: dict[str, dict[str, dict[str, tuple[Any, Any]]]] = field(default_factory=dict)
    dropped: dict[str, dict[str, Row]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows differ."""
        kinds: tuple[dict[str, Any], ...] = (self.added, self.changed, self.dropped)
        return sum(len(rows) for kind in kinds for rows in kind.values())


def of_runs(run: GenerationRun, *, against: GenerationRun | None = None) -> Difference:
    """The world after a run, against the world after another one, or before it began.

    What people changed between the two counts too.
    """
    since = against.finished_at if against else run.started_at or run.created_at
    return between(run.campaign, since, run.finished_at)


def between(campaign: Campaign, since: datetime | None, until: datetime | None) -> Difference:
    """What differs from one moment to a later one; `None` is now."""
    world = load(campaign)
    now = {
        (table, row.id): (key, row.values)
        for table in phases.tables()
        for key, row in world.tables[table].items()
    }
    old = history.at(world, since) if since else {}
    new = history.at(world, until) if until else {}
    found = Difference()
    for place in sorted({*old, *new}, key=lambda place: (place[0], str(place[1]))):
        before = old.get(place) or now.get(place) or ("", None)
        after = new.get(place) or now.get(place) or ("", None)
        _compare(found, place[0], before, after)
    return found


def _compare(
    found: Difference, table: str, before: tuple[str, Row | None], after: tuple[str, Row | None]
) -> None:
    (old_key, old), (new_key, new) = before, after
    if old is None and new is not None:
        found.added.setdefault(table, {})[new_key] = new
    elif old is not None and new is None:
        found.dropped.setdefault(table, {})[old_key] = old
    elif old is not None and new is not None:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        if names:
            fields = {name: (old.get(name), new.get(name)) for name in names}
            found.changed.setdefault(table, {})[new_key] = fields
