"""What runs and people did to rows: read back from the changes that every write leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from worldgen.keeping.roster_history import LINES
from worldgen.models import Campaign, GenerationRun, RowChange
from worldgen.rows import Row, Standing, World

BATCH = 500
Place = tuple[str, UUID]  # table and id


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a run did to one row: as it was before (None: it is new), and the hash it left."""

    key: str
    before: Row | None
    after_hash: str


def of_run(run: GenerationRun) -> dict[Place, Done]:
    """Every row that the run wrote, with its first and its last word on it."""
    changes = _of_rows(run.campaign_id).filter(table_run__phase_run__run=run)
    found: dict[Place, Done] = {}
    for change in changes.order_by("created_at", "pk").iterator():
        place = change.table_name, change.row_id
        first = found[place].before if place in found else change.before
        found[place] = Done(key=change.row_key, before=first, after_hash=change.after_hash)
    return found


def keep(
    campaign: Campaign,
    changes: Iterable[tuple[str, Standing, str]],
    *,
    actor_id: Any = None,
    table_run: Any = None,
    came: bool = False,
) -> None:
    """Write down rows as they are before they change: table, the row, and the hash it is about to have.

    An empty hash means that the row is about to be removed; rows that `came` were not there before.
    """
    RowChange.objects.bulk_create(
        [
            RowChange(
                project_id=campaign.project_id,
                campaign=campaign,
                table_run=table_run,
                actor_id=actor_id,
                table_name=table,
                row_id=row.id,
                row_key=row.key,
                before=None if came else row.as_json(),
                after_hash=after,
            )
            for table, row, after in changes
        ],
        batch_size=BATCH,
    )


def at(world: World, moment: datetime) -> dict[Place, tuple[str, Row | None]]:
    """Of every row that changed after the moment: its key, and its values then (None: it was not there)."""
    changes = _of_rows(world.campaign).filter(created_at__gt=moment)
    found: dict[Place, tuple[str, Row | None]] = {}
    for change in changes.order_by("created_at", "pk").iterator():
        place = change.table_name, change.row_id
        values = change.before.get("values") if change.before else None
        found.setdefault(place, (change.row_key, values))
    return found


def _of_rows(campaign: Any) -> QuerySet[RowChange]:
    return RowChange.objects.filter(campaign=campaign).exclude(table_name=LINES)
