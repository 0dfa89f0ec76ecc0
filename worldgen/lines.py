"""Roster lines as a person changes them: names, single lines, order, what is dropped and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from worldgen import phases
from worldgen.editing import locked, next_code
from worldgen.issues import Issue
from worldgen.models import Campaign, RosterLine
from worldgen.rosters import problems
from worldgen.rows import load

FIELDS = ("name", "line", "position", "is_dropped")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A line as somebody wants it; without a code it is a new one."""

    table: str
    name: str
    line: str = ""
    code: str = ""
    position: int = 0
    is_dropped: bool = False


@transaction.atomic
def change_lines(campaign: Campaign, phase: str, wishes: Sequence[Wish]) -> list[Issue]:
    """Make the lines of a phase what is wished; what is wrong with them, then nothing is changed.

    Changed lines are a person's from then on: no run renames or drops them.
    """
    locked(campaign)
    world = load(campaign, ())
    tables = phases.by_code(phase).tables
    known = {c: line for t in tables for c, line in world.rosters.get(t, {}).items()}
    if issues := [*_unknown(wishes, known), *_wrong(world, phase, wishes, known)]:
        return issues
    changed = []
    for wish in wishes:
        line = known.get(wish.code)
        if line and any(getattr(line, name) != getattr(wish, name) for name in FIELDS):
            for name in FIELDS:
                setattr(line, name, getattr(wish, name))
            line.is_edited = True
            changed.append(line)
    RosterLine.objects.bulk_update(changed, [*FIELDS, "is_edited"])
    for wish in wishes:
        if not wish.code:
            _add(campaign, wish)
    return []


def _unknown(wishes: Iterable[Wish], known: dict[str, RosterLine]) -> list[Issue]:
    return [
        Issue(table=w.table, row=w.code, code="roster", message="There is no such line any more.")
        for w in wishes
        if w.code and w.code not in known
    ]


def _wrong(
    world: object, phase: str, wishes: Sequence[Wish], known: dict[str, RosterLine]
) -> list[Issue]:
    lines: dict[str, list[dict[str, str]]] = {}
    found = []
    for number, wish in enumerate(wishes):
        prefix = phases.tables()[wish.table].code_prefix
        if not wish.is_dropped:
            code = wish.code or f"{prefix}+{number}"
            lines.setdefault(wish.table, []).append({"code": code, "name": wish.name})
        if not wish.name.strip() and not wish.is_dropped:
            found.append(Issue(table=wish.table, row=wish.code, code="roster",
                               message="A line needs a name."))  # fmt: skip
    return [*found, *problems(world, phase, lines)]  # type: ignore[arg-type]


def _add(campaign: Campaign, wish: Wish) -> None:
    RosterLine.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        table_name=wish.table,
        code=next_code(campaign, wish.table),
        position=wish.position,
        name=wish.name,
        line=wish.line,
        is_edited=True,
    )
