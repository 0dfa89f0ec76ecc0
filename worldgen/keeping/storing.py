"""Rows into their tables: one statement for each table, one more for each set of references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Concat

from worldgen import phases
from worldgen.ids import Ids
from worldgen.models import Campaign, WorldRow
from worldgen.rows import Row, identity

CHUNK = 500
#: What is written of a row besides its content.
SYSTEM = ("source", "row_state", "is_stale", "revision", "content_hash", "table_run", "updated_at")


def built(
    campaign: Campaign, model: type[WorldRow], row: Row, ids: Ids, *, pk: UUID, **system: Any
) -> WorldRow:
    """The row of these values, its references as ids; not saved. `system`: see `SYSTEM`."""
    values = {
        (f.attname if f.is_relation else f.name): ids.of(f, row[f.name])
        if f.is_relation
        else row[f.name]
        if f.name in row  # history may be older than a field
        else f.get_default()
        for f in phases.writable(model)
        if not f.many_to_many
    }
    if model.code_prefix:
        values["code"] = row["code"]
    return model(id=pk, project_id=campaign.project_id, campaign=campaign, **values, **system)


def upsert(model: type[WorldRow], rows: Collection[WorldRow]) -> None:
    """Insert the rows, or overwrite those of the same identity: their content and `SYSTEM`."""
    if not rows:
        return
    columns = [f.name for f in phases.writable(model) if not f.many_to_many]
    model.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["campaign", *identity(model)],
        update_fields=[n for n in [*columns, *SYSTEM] if n not in identity(model)],
    )


def set_links(
    model: type[WorldRow], rows: Mapping[UUID, Row], ids: Ids, *, new: Collection[UUID] = ()
) -> None:
    """Let the sets of references of these rows, given by id, be what their values say.

    Rows that are `new` have no old references to take away.
    """
    for many in phases.link_sets(model):
        through: Any = many.remote_field.through
        own, other = many.m2m_column_name(), many.m2m_reverse_name()
        if old := [pk for pk in rows if pk not in new]:
            through.objects.filter(**{f"{own}__in": old}).delete()
        through.objects.bulk_create(
            [
                through(**{own: pk, other: target})
                for pk, row in rows.items()
                for code in row[many.name]
                if (target := ids.of(many, code))
            ],
            batch_size=CHUNK,
        )


def free_names(model: type[WorldRow], keys: Iterable[UUID]) -> None:
    """Take the names off rows that are about to be written, so that two of them may change names."""
    if model.code_prefix:
        rows = model.objects.filter(pk__in=list(keys))
        rows.update(name=Concat(Value("~"), F("code")))
