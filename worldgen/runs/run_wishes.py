"""What a run may be asked for, and what that means for the campaign as it stands.

The answer is worked out once, when the run is accepted, and kept in `GenerationRun.params`: the plan reads it
from there, so that a run does not change its mind while it works.
"""

from __future__ import annotations

from typing import Literal

from django.db.models import Max
from pydantic import BaseModel, ConfigDict, Field, model_validator

from storyforge.generation.spec import Request
from worldgen import phases
from worldgen.errors import NothingToDo, PhaseNeedsMissing
from worldgen.models import Campaign, PhaseRun
from worldgen.planning.part import must_stand
from worldgen.rows import World, load
from worldgen.runs.left import written

Mode = Literal["full", "phase", "table", "row", "repair"]


BUDGET = (
    "The most this run may spend, in US dollars / 1,000,000. A call counts with its worst case until it has"
    " ended; when the next one no longer fits, the run pauses and keeps what is written. Left out: no limit."
)


class RunWish(Request):
    """Which part of a world a run makes.

    `full` writes what is missing, everywhere. `phase`, `table` and `row` write what they name anew where it
    stands: a new attempt, with the old rows as its baseline. `repair` checks and mends.
    """

    mode: Mode = "full"
    phases: list[str] = Field(default_factory=list, max_length=9)
    tables: list[str] = Field(default_factory=list, max_length=50)
    rows: dict[str, list[str]] = Field(
        default_factory=dict, max_length=50, description="Codes or keys of rows by table."
    )
    only_stale: bool = Field(
        default=False, description="Of what is named, or of everything, only the stale rows."
    )
    keep_roster: bool = Field(
        default=True, description="False: the rows of the phase are listed anew; edited lines stay."
    )
    budget_micros: int | None = Field(default=None, ge=0, le=2**63 - 1, description=BUDGET)

    @model_validator(mode="after")
    def is_told_what(self) -> RunWish:
        """Each mode names what it is for, in words that exist."""
        given = {"phase": self.phases, "table": self.tables, "row": self.rows}
        if self.mode in given and not given[self.mode] and not self.only_stale:
            raise ValueError(f"say which: {self.mode}s is empty")
        if unknown := sorted(set(self.phases) - {phase.code for phase in phases.PHASES}):
            raise ValueError(f"{unknown[0]!r} is no phase")
        if unknown := sorted({*self.tables, *self.rows} - set(phases.tables())):
            raise ValueError(f"{unknown[0]!r} is no table of a world")
        return self


class Scope(BaseModel):
    """What a run writes: tables; in some only these rows; in others all but these; how often before.

    Of relation tables, the codes are of the rows that they start from.
    """

    model_config = ConfigDict(extra="ignore")

    mode: Mode = "full"
    tables: list[str] = Field(default_factory=lambda: list(phases.tables()))
    only: dict[str, list[str]] = Field(default_factory=dict)
    skip: dict[str, list[str]] = Field(default_factory=dict)
    attempts: dict[str, int] = Field(default_factory=dict)
    keep_rosters: bool = False
    anew: list[str] = Field(default_factory=list)


def scope_of(campaign: Campaign, wish: RunWish) -> Scope:
    """What the wish means now. Raises `PhaseNeedsMissing` and `NothingToDo`."""
    world = load(campaign)
    tables = _tables(wish)
    scope = Scope(mode=wish.mode, tables=tables, attempts=_attempts(campaign))
    if wish.only_stale or wish.mode == "row":
        scope.only = _chosen(world, wish, tables)
        scope.tables = [table for table in tables if scope.only.get(table)]
        if not scope.tables:
            raise NothingToDo
    elif wish.mode == "full":
        scope.skip = written(world, tables)
    if wish.mode != "full":
        scope.keep_rosters = wish.keep_roster and _is_listed(world, scope.tables)
        scope.anew = [] if wish.keep_roster else sorted({phases.phase_of(t).code for t in tables})
        _raise_attempts(scope, world)
    _refuse_missing(world, scope)
    return scope


def _tables(wish: RunWish) -> list[str]:
    if wish.mode == "repair":
        return []
    named = {*wish.rows} if wish.mode == "row" else {*wish.tables}
    if not named and wish.phases:
        named = {table for code in wish.phases for table in phases.by_code(code).tables}
    return [table for table in phases.in_level_order() if not named or table in named]


def _chosen(world: World, wish: RunWish, tables: list[str]) -> dict[str, list[str]]:
    """The rows to write; of relation tables, the rows that the chosen ones start from."""
    found: dict[str, set[str]] = {}
    for table in tables:
        model = phases.tables()[table]
        for key, row in world.tables[table].items():
            wanted = row.state["is_stale"] if wish.only_stale else key in wish.rows.get(table, ())
            if wanted and not row.is_protected:
                code = key if model.code_prefix else row.values[phases.links(model)[0].name]
                found.setdefault(table, set()).add(code)
    return {table: sorted(codes) for table, codes in found.items()}


def _is_listed(world: World, tables: list[str]) -> bool:
    """Whether the tables have their roster lines already."""
    coded = [table for table in tables if phases.tables()[table].code_prefix]
    return all(
        world.rosters.get(table) or not phases.tables()[table].row_counts[0] for table in coded
    )


def _attempts(campaign: Campaign) -> dict[str, int]:
    """How often each phase has been written anew: what the rules draw their words from."""
    made = PhaseRun.objects.filter(campaign=campaign).exclude(run__state="rolled_back")
    rows = made.exclude(phase="").values("phase").annotate(last=Max("attempt"))
    return {row["phase"]: row["last"] for row in rows.order_by()}


def _raise_attempts(scope: Scope, world: World) -> None:
    """What stands and is written again is a new attempt; what is missing belongs to the last one."""
    touched = {phases.phase_of(table).code for table in scope.tables if world.tables[table]}
    scope.attempts.update({code: scope.attempts.get(code, 1) + 1 for code in touched})


def _refuse_missing(world: World, scope: Scope) -> None:
    missing = {
        other
        for table in scope.tables
        for other in must_stand(table)
        if other not in scope.tables and not world.tables[other]
    }
    if missing:
        raise PhaseNeedsMissing(missing)
