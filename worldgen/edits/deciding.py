"""What people do to rows beside changing what they say: lock, accept, reveal. One row or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from worldgen import phases
from worldgen.checking.checks import Finding, run_checks
from worldgen.edits.editing import locked
from worldgen.edits.joining import join_canon
from worldgen.errors import InvalidRow
from worldgen.issues import Issue
from worldgen.models import Campaign, Entity, RowState, WorldRow
from worldgen.phases import table_of
from worldgen.rows import load

#: From these states a row may be accepted.
READY = (RowState.VALID, RowState.ACCEPTED)
Chosen = Mapping[str, Sequence[UUID]]


@dataclass(kw_only=True, slots=True)
class Accepted:
    """How many rows were accepted, which of them joined the canon, and what keeps the others out."""

    rows: int = 0
    characters: list[Entity] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def chosen(
    campaign: Campaign, *, phase: str = "", table: str = "", keys: Sequence[str] = ()
) -> Chosen:
    """The rows of a phase, of a table, or those of its rows with these codes or ids."""
    names = phases.by_code(phase).tables if phase else (table,)
    found = {}
    for name in names:
        model = phases.tables()[name]
        rows = model.objects.filter(campaign=campaign)
        if keys:
            rows = rows.filter(_named(model, keys))
        if ids := list(rows.order_by("pk").values_list("pk", flat=True)):
            found[name] = ids
    return found


def _named(model: phases.Model, keys: Sequence[str]) -> Q:
    ids = []
    for key in keys:
        try:
            ids.append(UUID(key))
        except ValueError:
            continue
    return Q(pk__in=ids) | (Q(code__in=keys) if model.code_prefix else Q(pk=None))


@transaction.atomic
def set_lock(campaign: Campaign, rows: Chosen, *, to: bool) -> int:
    """Lock or unlock rows; how many that changes. Nobody changes a locked row."""
    return _set(campaign, rows, only=Q(is_locked=not to), is_locked=to)


@transaction.atomic
def set_revealed(campaign: Campaign, rows: Chosen, *, to: bool) -> int:
    """Show hidden rows to players, or hide them again; how many that changes."""
    return _set(campaign, rows, only=Q(is_revealed=not to), is_revealed=to)


@transaction.atomic
def reveal_fields(campaign: Campaign, row: WorldRow, names: Sequence[str]) -> None:
    """Show exactly these secret fields of a row to players. Raises `InvalidRow` for others."""
    known = type(row).gm_fields
    if unknown := sorted(set(names) - set(known)):
        message = f"The secrets of this table are {', '.join(known) or 'none'}."
        issue = Issue(
            table=table_of(type(row)),
            row=str(row.pk),
            field=unknown[0],
            code="field",
            message=message,
        )
        raise InvalidRow([issue])
    _set(campaign, {table_of(type(row)): [row.pk]}, only=Q(), revealed_fields=sorted(set(names)))


@transaction.atomic
def reveal_field(campaign: Campaign, row: WorldRow, name: str, *, to: bool) -> None:
    """Show one field's secrets to players, those inside its elements too, or hide them; others stay."""
    locked(campaign)
    row.refresh_from_db(fields=["revealed_fields"])
    own = [path for path in row.gm_fields if path == name or path.startswith(f"{name}[].")]
    kept = [path for path in row.gm_fields if path in row.revealed_fields and path not in own]
    if own:
        reveal_fields(campaign, row, kept + own if to else kept)


def _set(campaign: Campaign, rows: Chosen, *, only: Q, **values: Any) -> int:
    locked(campaign)
    changed = 0
    for table, ids in rows.items():
        wanted = phases.tables()[table].objects.filter(only, campaign=campaign, pk__in=ids)
        changed += wanted.update(**values, revision=F("revision") + 1, updated_at=Now())
    return changed


@transaction.atomic
def accept(campaign: Campaign, rows: Chosen) -> Accepted:
    """Accept the rows in which the checks find nothing; people of standing join the canon."""
    campaign = locked(campaign)
    world = load(campaign)
    blocked: dict[tuple[str, str], list[Finding]] = {}
    for finding in run_checks(world):
        if finding.blocks:
            blocked.setdefault((finding.table, finding.row), []).append(finding)
    found = Accepted()
    for table, ids in rows.items():
        fit, wanted = [], set(ids)
        for key, standing in world.tables[table].items():
            if standing.id in wanted:
                against = [*blocked.get((table, key), ()), *_unready(table, key, standing.state)]
                found.findings += against
                if not against:
                    fit.append(standing.id)
        found.rows += len(fit)
        _set(campaign, {table: fit}, only=~Q(row_state=RowState.ACCEPTED), row_state="accepted")
        if table == "entities":
            found.characters = join_canon(campaign, Entity.objects.filter(pk__in=fit))
    return found


def _unready(table: str, key: str, state: Mapping[str, Any]) -> list[Finding]:
    if state["row_state"] in READY:
        return []
    message = f"It is {state['row_state'].replace('_', ' ')}."
    return [Finding(code="state", table=table, row=key, message=message)]
