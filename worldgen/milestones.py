"""How far each phase of a campaign has come: what the strip of nine shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from storyforge.jobs.models import Job
from worldgen import phases
from worldgen.counts import TableCount
from worldgen.models import Campaign, GenerationRun, TableRun

STATES = {
    "waiting": "waiting",
    "running": "running",
    "done": "done",
    "partial": "done with gaps",
    "failed": "failed",
}
DONE = ("ok", "partial", "skipped")
MICROS = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """One phase: its state, the rows that stand, what they cost, and which tables failed."""

    phase: phases.Phase
    state: str
    percent: int
    counts: tuple[TableCount, ...]
    cost_micros: int = 0
    failed: tuple[str, ...] = ()
    needs: tuple[str, ...] = field(default_factory=tuple)

    @property
    def state_label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def rows(self) -> int:
        """The rows of all its tables."""
        return sum(count.rows for count in self.counts)

    @property
    def stale(self) -> int:
        """Rows whose grounds have changed since they were written."""
        return sum(count.stale for count in self.counts)

    @property
    def protected(self) -> int:
        """Rows that no run changes."""
        return sum(count.protected for count in self.counts)

    @property
    def repair(self) -> int:
        """Rows that need a hand."""
        return sum(count.repair for count in self.counts)

    @property
    def cost(self) -> str:
        """US dollars, or free."""
        return f"${self.cost_micros / MICROS:.4f}" if self.cost_micros else "free"


def milestones(campaign: Campaign, counts: Mapping[str, TableCount]) -> list[Milestone]:
    """The nine phases in order; two queries."""
    run = GenerationRun.objects.filter(campaign=campaign).select_related("job").first()
    live = bool(run and run.job and run.job.status in Job.UNFINISHED)
    by_phase: dict[str, list[TableRun]] = defaultdict(list)
    rows = TableRun.objects.filter(campaign=campaign).select_related("phase_run")
    for row in rows.order_by("created_at"):
        by_phase[row.phase_run.phase].append(row)
    return [
        _milestone(phase, by_phase[phase.code], counts, run if live else None)
        for phase in phases.PHASES
    ]


def _milestone(
    phase: phases.Phase,
    table_runs: list[TableRun],
    counts: Mapping[str, TableCount],
    live: GenerationRun | None,
) -> Milestone:
    now = {
        run.table_name: run.state
        for run in table_runs
        if run.table_name and (live is None or run.phase_run.run_id == live.pk)
    }
    here = tuple(counts[table] for table in phase.tables)
    done = sum(state in DONE for state in now.values())
    if live is None and not now and any(count.rows for count in here):
        done = len(phase.tables)  # brought from a file, or written by hand
    failed = tuple(table for table, state in now.items() if state == "failed")
    return Milestone(
        phase=phase,
        state=_state(now, done=done, total=len(phase.tables), live=live is not None),
        percent=100 * done // len(phase.tables),
        counts=here,
        cost_micros=sum(run.cost_micros for run in table_runs),
        failed=failed,
        needs=phases.needs(phase.code),
    )


def _state(now: Mapping[str, str], *, done: int, total: int, live: bool) -> str:
    states = set(now.values())
    if live and done < total:
        return "running" if now else "waiting"
    if "failed" in states:
        return "failed"
    if done == total:
        return "partial" if "partial" in states else "done"
    return "partial" if now else "waiting"
