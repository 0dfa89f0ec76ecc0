"""Which parts of a run are ready: no phase is a barrier, only what a part cannot be without.

Rosters come one after the other, each with all before it in sight. A chunk of a table starts when the
rosters up to its phase and the tables it cannot be without are there; a table by rules waits for all
tables it may name, so that it is the same in whatever order parts end. Plain data in, parts out: no
clock, no database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from storyforge.jobs.runs import UnitSeen
from worldgen import phases
from worldgen.planning.follow import PAUSING, error_of, follow_ups, has_ended, part_of
from worldgen.planning.part import (
    Mends,
    Part,
    chunks,
    chunks_ahead,
    may_name,
    must_stand,
    rows_planned,
    source_of_rows,
)

OF_ROWS = ("rows", "repair", "settle")
#: Relations that follow from other rows alone: code writes them, whoever writes the rest.
FROM_ROWS = ("entity_languages",)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a run was asked for. `writers` names the writer of a table, of "facts" or of "rosters"."""

    writer: str = "rules"
    tables: frozenset[str] = field(default_factory=lambda: frozenset(phases.tables()))
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    skip: Mapping[str, Sequence[str]] = field(default_factory=dict)
    anew: frozenset[str] = frozenset()
    writers: Mapping[str, str] = field(default_factory=dict)
    review_rosters: bool = False
    keep_rosters: bool = False
    mode: str = "nine"
    parallel: int = 16
    mends: Mends = ""

    def writer_of(self, name: str) -> str:
        """rules or model, for a table, "facts" or "rosters"."""
        usual = "rules" if name in FROM_ROWS else self.writer
        return self.writers.get(name, usual)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a plan is decided from: the order, the roster lines, and the units so far."""

    order: Order
    units: Sequence[UnitSeen] = ()
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    highest: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    untold: Sequence[UUID] = ()  # player characters whose facts are not known
    empty: frozenset[str] = frozenset()  # tables without a row
    parts: Mapping[str, Part] = field(default_factory=dict)  # of units, as far as they are known


@dataclass(kw_only=True)
class Next:
    """What comes now. `pause` and `lacking` are words for people; tokens measure how far it is."""

    parts: list[Part] = field(default_factory=list)
    living: int = 0
    done_tokens: int = 0
    total_tokens: int = 0
    pause: str = ""
    finished: bool = False
    lacking: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What is being done, for whoever watches."""
        words = {"facts": "Reading the backstories", "checks": "Checking the world"}
        first = self.parts[0] if self.parts else None
        return "" if first is None else words.get(first.step) or f"Phase {first.phase}".strip()


def decide(sight: Sight) -> Next:
    """The parts that are ready, at most as many as may be unfinished at once."""
    return _Plan(sight).decide()


class _Plan:
    """One decision."""

    def __init__(self, sight: Sight) -> None:
        self.sight, self.order = sight, sight.order
        self.known = {unit.key: unit for unit in sight.units}
        self.parts = {u.key: sight.parts.get(u.key) or part_of(u) for u in sight.units}
        self.next = Next()

    def decide(self) -> Next:
        ready = [*self._facts(), *self._rosters()]
        ready += self._reviewed([*self._rows()])
        ready += [*self._derives(), *self._ending()]
        ready += self._left_over("mend")
        living = sum(1 for unit in self.sight.units if not has_ended(unit))
        self._tell_pause()
        room = max(0, self.order.parallel - living)
        fresh = sorted((p for p in ready if p.key not in self.known), key=_rank)
        self.next.parts = fresh[:room]
        self.next.living = living
        self._count(fresh)
        self.next.finished = not fresh and not living and self._is_done("checks")
        return self.next

    @cached_property
    def _by_step(self) -> dict[tuple[str, str], list[UnitSeen]]:
        """Units by step and by phase (rosters, derive) or table (rows)."""
        found: dict[tuple[str, str], list[UnitSeen]] = defaultdict(list)
        for key, unit in self.known.items():
            part = self.parts[key]
            step = "rows" if part.step in OF_ROWS else part.step
            found[step, part.table or part.phase].append(unit)
        return found

    def _units(self, step: str, where: str) -> list[UnitSeen]:
        return self._by_step.get((step, where), [])

    def _left(self, step: str, where: str) -> list[Part]:
        """What follows from ended units and is not begun yet."""
        return [part for unit in self._units(step, where) for part in self._after(unit)]

    def _after(self, unit: UnitSeen) -> list[Part]:
        found = follow_ups(unit, self.parts[unit.key])
        return [part for part in found if part.key not in self.known]

    def _over(self, step: str, where: str) -> bool:
        """Whether the units of a step have all ended and leave nothing to do."""
        units = self._units(step, where)
        return all(has_ended(unit) for unit in units) and not self._left(step, where)

    def _is_done(self, key: str) -> bool:
        unit = self.known.get(key)
        return unit is not None and has_ended(unit)

    def _left_over(self, step: str) -> list[Part]:
        wheres = [where for s, where in self._by_step if s == step]
        return [part for where in wheres for part in self._left(step, where)]

    def _facts(self) -> Iterator[Part]:
        if not self.order.keep_rosters:
            if self.order.writer_of("facts") == "rules":
                yield Part(step="facts", writer="rules")
            else:
                for pc in self.sight.untold:
                    yield Part(step="facts", pc=pc, writer="model")
        yield from self._left("facts", "")

    @cached_property
    def _facts_are_told(self) -> bool:
        if self.order.keep_rosters:
            return True
        return self._over("facts", "") and all(part.key in self.known for part in self._facts())

    def _milestones(self) -> list[tuple[phases.Phase, ...]]:
        """The phases whose rosters are written together: each its own, or the three groups."""
        if self.order.mode == "nine":
            return [(phase,) for phase in phases.PHASES]
        groups: dict[str, list[phases.Phase]] = defaultdict(list)
        for phase in phases.PHASES:
            groups[phase.group].append(phase)
        return [tuple(group) for group in groups.values()]

    @cached_property
    def _listed(self) -> dict[str, bool]:
        """Phase to whether its roster is there, and all rosters before it."""
        before, found = self._facts_are_told, {}
        for together in self._milestones():
            here = before and all(self._over("roster", phase.code) for phase in together)
            here = here and not self._first_roster(together)
            found.update({phase.code: here for phase in together})
            before = here
        return found

    def _rosters(self) -> Iterator[Part]:
        before = self._facts_are_told
        for number, together in enumerate(self._milestones()):
            if before and self._may_begin(number):
                yield from self._first_roster(together)
                yield from self._left("roster", together[0].code)
            before = self._listed[together[0].code]

    def _may_begin(self, number: int) -> bool:
        """In three groups, each waits for everything of the one before."""
        if self.order.mode == "nine" or number == 0:
            return True
        return all(self._is_derived(phase) for phase in self._milestones()[number - 1])

    def _first_roster(self, together: tuple[phases.Phase, ...]) -> list[Part]:
        first = together[0].code
        tables = [t for phase in together for t in phase.tables if t in self.order.tables]
        coded = [t for t in tables if phases.tables()[t].code_prefix]
        if self.order.keep_rosters or not coded:
            return []
        if self.order.writer_of("rosters") == "rules":
            return self._roster_by_rules({phases.phase_of(table).code for table in coded})
        if self._units("roster", first):
            return []
        anew = any(phase.code in self.order.anew for phase in together)
        codes = [code for table in coded for code in self._new_codes(table)]
        if anew:
            codes = [*(c for table in coded for c in self.sight.lines.get(table, ())), *codes]
        return [Part(step="roster", phase=first, codes=codes, writer="model")] if codes else []

    def _roster_by_rules(self, codes: set[str]) -> list[Part]:
        """The rules list phase by phase, each knowing the one before, also where three are one group."""
        for code in sorted(codes):
            if not self._units("roster", code):
                anew = code in self.order.anew
                return [Part(step="roster", phase=code, writer="rules", anew=anew)]
            if not self._over("roster", code):
                return []
        return []

    def _new_codes(self, table: str) -> list[str]:
        """Codes for the rows that are not listed yet; a number is never given twice."""
        missing = self.sight.counts.get(table, 0) - len(self.sight.lines.get(table, ()))
        highest = self.sight.highest.get(table, 0)
        prefix = phases.tables()[table].code_prefix
        return [f"{prefix}{highest + n:02d}" for n in range(1, missing + 1)]

    def _rows(self) -> Iterator[Part]:
        for table in phases.in_level_order():
            if table not in self.order.tables or not self._is_ready(table):
                continue
            if lacking := self._lacks(table):
                self.next.lacking[table] = f"There is no row of {', '.join(lacking)}."
                continue
            yield from self._first_rows(table)
            yield from self._left("rows", table)

    def _is_ready(self, table: str) -> bool:
        if not self._listed[phases.phase_of(table).code]:
            return False
        return all(self._is_written(other) for other in self._waits_for(table))

    def _waits_for(self, table: str) -> frozenset[str]:
        by_model = self.order.writer_of(table) == "model"
        wanted = must_stand(table) if by_model else may_name(table)
        if self.order.mode == "three":  # the plain way: level after level
            level, group = phases.levels()[table], phases.phase_of(table).group
            wanted |= {
                other
                for other in phases.tables()
                if phases.levels()[other] < level and phases.phase_of(other).group <= group
            }
        return wanted & self.order.tables

    def _lacks(self, table: str) -> list[str]:
        return sorted(must_stand(table) & self.sight.empty)

    def _is_written(self, table: str) -> bool:
        """Whether all rows of the table are there, or are given up."""
        return self._written.get(table, True)

    @cached_property
    def _written(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for table in phases.in_level_order():
            if table in self.order.tables:
                before = self._listed[phases.phase_of(table).code] and all(
                    found.get(other, True) for other in self._waits_for(table)
                )
                over = self._over("rows", table)
                nothing = bool(self._lacks(table)) or not self._first_rows(table)
                found[table] = before and over and nothing
        return found

    def _first_rows(self, table: str) -> list[Part]:
        """The chunks of a table that no unit covers yet; none of what code adds after the last call."""
        if "fill" in self.known:
            return []
        begun = self._units("rows", table)
        phase = phases.phase_of(table).code
        if self.order.writer_of(table) == "rules":
            codes = self._only(table)
            part = Part(step="rows", phase=phase, table=table, writer="rules", codes=codes)
            return [] if begun or codes == [] else [part]
        named = bool(phases.tables()[table].code_prefix)
        covered = self._covered(table)
        codes = [c for c in self._codes(table, source_of_rows(table)) if c not in covered]
        # Relations are cut up once; what targeted calls add is linked by them.
        if not named and (begun or "checks" in self.known):
            return list(chunks_ahead([self.parts[unit.key] for unit in begun]))
        return list(chunks(table, phase, codes, after=len(begun), rows=self._planned(table)))

    def _codes(self, table: str, source: str) -> Sequence[str]:
        if chosen := self.order.only.get(table):
            return chosen
        skip = set(self.order.skip.get(table, ()))
        return [code for code in self.sight.lines.get(source, ()) if code not in skip]

    def _only(self, table: str) -> list[str] | None:
        """The rows that rules are asked for; None for all, and none where all are there."""
        if self.order.only.get(table) or self.order.skip.get(table):
            return list(self._codes(table, source_of_rows(table)))
        return None

    def _covered(self, table: str) -> set[str]:
        units = [*self._units("rows", table), *self._units("mend", table)]
        return {code for unit in units for code in self.parts[unit.key].codes or ()}

    def _planned(self, table: str) -> int:
        """How many rows of a table the run is to write."""
        return rows_planned(
            table,
            wanted=self.sight.counts.get(table, 0),
            sources=len(self.sight.lines.get(source_of_rows(table), ())),
            only=self.order.only.get(table, ()),
            skip=self.order.skip.get(table, ()),
        )

    def _reviewed(self, rows: list[Part]) -> list[Part]:
        """Pause once, when all rosters are there and no row is begun; the first rows wait with it."""
        begun = any(part.step in OF_ROWS for part in self.parts.values())
        if not self.order.review_rosters or begun:
            return rows
        if not all(self._listed.values()):
            return []
        self.next.pause = "The rosters are ready for a look."
        return rows

    def _derives(self) -> Iterator[Part]:
        for phase in phases.PHASES:
            tables = [t for t in phase.tables if t in self.order.tables]
            if tables and all(self._is_written(t) for t in tables):
                yield Part(step="derive", phase=phase.code)

    def _is_derived(self, phase: phases.Phase) -> bool:
        wanted = any(t in self.order.tables for t in phase.tables)
        return not wanted or self._is_done(f"{phase.code} derive")

    def _ending(self) -> Iterator[Part]:
        """Checks, targeted calls for what they find, what code adds by rule, and checks again."""
        if not all(self._is_derived(phase) for phase in phases.PHASES):
            return
        mends = self.order.mends
        by_model = bool(mends) and self.order.writer == "model"
        yield Part(step="checks", writer="model" if by_model else "rules", mends=mends)
        if not self._is_done("checks"):
            return
        found = self._found("checks")
        calls = [Part.model_validate(told) for told in found.get("mend", ())]
        yield from calls
        if not (calls or found.get("fill")):
            return
        if all(self._is_done(part.key) for part in calls) and not self._left_over("mend"):
            yield Part(step="fill", writer="rules", mends=mends)
            if self._is_done("fill"):
                yield Part(step="checks", round=1, writer="rules")

    def _found(self, key: str) -> Mapping[str, Any]:
        return self.known[key].result or {}

    def _tell_pause(self) -> None:
        """Pause where somebody must act: what failed so is asked again when the run goes on."""
        for unit in self.sight.units:
            stopped = error_of(unit) in PAUSING and self.parts[unit.key].writer == "model"
            if stopped and self._after(unit):
                self.next.pause = str((unit.error or {}).get("message", ""))

    def _count(self, fresh: Sequence[Part]) -> None:
        """How far it is, in expected tokens; a part of code counts as one."""
        done = sum(_weight(self.parts[u.key]) for u in self.sight.units if has_ended(u))
        begun = sum(_weight(part) for part in self.parts.values())
        planned = sum(self._planned(t) * phases.tables()[t].row_tokens for t in self.order.tables)
        ahead = sum(map(_weight, fresh))
        self.next.done_tokens = done
        self.next.total_tokens = max(begun + ahead, planned, 1)


def _weight(part: Part) -> int:
    return max(1, part.expected_tokens)


def _rank(part: Part) -> tuple[int, int, int, str, int, str]:
    """Rosters first, then phase order, then the level of the table."""
    first = 0 if part.step in ("facts", "roster") else 1
    codes = [phase.code for phase in phases.PHASES]
    phase = codes.index(part.phase) if part.phase else len(codes)
    level = phases.levels()[part.table] if part.table else 0
    return (first, phase, level, part.table, len(part.chunk), part.chunk)
