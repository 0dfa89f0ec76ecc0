"""A run against a clock of its own: the real plan, with calls that only take time.

What an estimate shows and what the acceptance measures are this one function.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from storyforge.jobs.runs import UnitSeen
from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.planning.follow import FACTS
from worldgen.planning.part import Part
from worldgen.planning.plan import Sight, decide

START_SECONDS = 2.5  # until a call says its first word
CODE_SECONDS = 0.5  # a step of code, and rules


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A part, and the seconds at which it began and ended."""

    part: Part
    began: float
    ended: float


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """All parts of a run in the order in which they ended."""

    done: Sequence[Done] = field(default_factory=tuple)

    @property
    def seconds(self) -> float:
        """From the first part to the end of the last."""
        return max((d.ended for d in self.done), default=0.0)

    @property
    def work(self) -> float:
        """Seconds of all parts together."""
        return sum(d.ended - d.began for d in self.done)

    @property
    def calls(self) -> list[Part]:
        """The parts that a model does."""
        return [d.part for d in self.done if d.part.writer == "model" and d.part.expected_tokens]

    def detail_span(self, phase: str) -> float:
        """Seconds from the first to the last row of a phase."""
        rows = [d for d in self.done if d.part.step == "rows" and d.part.phase == phase]
        return max(d.ended for d in rows) - min(d.began for d in rows) if rows else 0.0

    def rosters_ready(self) -> float:
        """Seconds until the last roster is there."""
        return max((d.ended for d in self.done if d.part.step == "roster"), default=0.0)


def simulate(
    sight: Sight,
    *,
    rate: float,
    parallel: int | None = None,
    call_seconds: float | None = None,
    mends: Sequence[Part] = (),
) -> Simulation:
    """Run the plan at `rate` tokens a second, or with calls that take `call_seconds` each.

    `mends` are the calls that the checks of the run are reckoned to ask for.
    """
    if parallel is not None:
        sight = replace(sight, order=replace(sight.order, parallel=parallel))
    return _Clock(sight, rate, call_seconds, mends).run()


class _Clock:
    def __init__(
        self, sight: Sight, rate: float, call_seconds: float | None, mends: Sequence[Part]
    ) -> None:
        self.rate, self.call_seconds = rate, call_seconds
        self.mends = [part.model_dump(mode="json") for part in mends]
        self.sight = sight
        self.now, self.number = 0.0, 0
        self.units: dict[str, UnitSeen] = {}
        self.parts: dict[str, Part] = {}
        self.lines = {table: list(codes) for table, codes in sight.lines.items()}
        self.empty, self.untold = set(sight.empty), list(sight.untold)
        self.ends: list[tuple[float, int, str]] = []
        self.began: dict[str, float] = {}
        self.done: list[Done] = []

    def run(self) -> Simulation:
        self._begin()
        while self.ends:
            self.now, _, key = heapq.heappop(self.ends)
            self._end(key)
            self._begin()
        return Simulation(done=tuple(self.done))

    def _begin(self) -> None:
        sight = replace(
            self.sight,
            units=list(self.units.values()),
            parts=self.parts,
            lines=self.lines,
            empty=frozenset(self.empty),
            untold=self.untold,
        )
        for part in decide(sight).parts:
            self.number += 1
            self.began[part.key] = self.now
            self.units[part.key], self.parts[part.key] = _unit(part, "running"), part
            heapq.heappush(self.ends, (self.now + self._takes(part), self.number, part.key))

    def _takes(self, part: Part) -> float:
        if part.writer != "model" or not part.expected_tokens:
            return CODE_SECONDS
        if self.call_seconds is not None:
            return self.call_seconds
        return START_SECONDS + part.expected_tokens / self.rate

    def _end(self, key: str) -> None:
        part = self.parts[key]
        found = {"mend": self.mends} if part.step == "checks" and part.round == 0 else {}
        self.units[key] = _unit(part, "completed", found)
        self.done.append(Done(part=part, began=self.began[key], ended=self.now))
        if part.step == "facts":
            self.untold = [pc for pc in self.untold if part.pc not in (None, pc)]
        if part.step == "roster":
            self._list(part)
        if part.step == "rows":
            self.empty.discard(part.table)

    def _list(self, part: Part) -> None:
        codes = part.codes
        if codes is None:  # by rules: all that the size asks for
            tables = phases.by_code(part.phase).tables
            models = phases.tables()
            codes = [
                f"{models[t].code_prefix}{n:02d}"
                for t in tables
                if models[t].code_prefix
                for n in range(1, self.sight.counts.get(t, 0) + 1)
            ]
        found: dict[str, list[str]] = defaultdict(list)
        for code in codes:
            found[phases_table(code)].append(code)
        for table, new in found.items():
            here = self.lines.setdefault(table, [])
            here += [code for code in new if code not in here]


def _unit(part: Part, status: str, result: Mapping[str, Any] | None = None) -> UnitSeen:
    return UnitSeen(
        key=part.key,
        kind=FACTS if part.pc else "",
        status=status,
        input=part.model_dump(mode="json"),
        result=dict(result or {}),
        error=None,
        attempt=1,
    )
