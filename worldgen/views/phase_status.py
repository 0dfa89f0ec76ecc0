"""Where a world stands, phase by phase: nine milestones, or three in the plain mode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from storyforge.money.dollars import MICROS
from worldgen import phases
from worldgen.models import Campaign, PhaseRun, PlayerCharacter, RowDraft, TableRun
from worldgen.runs.sight import counts_of as wanted_of
from worldgen.views.counts import TableCount, counts_of
from worldgen.views.progress import percents
from worldgen.views.reader import Reader

GROUPS = {"1": "Foundations", "2": "What the party meets", "3": "Adventures and ties"}
#: The state of a milestone is the first of these that one of its phases is in.
ORDER = ("running", "failed", "partial", "waiting", "skipped", "done")
IN_WORDS = {"partial": "done with gaps"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedCall:
    """A call of a writer that gave nothing; `table` is empty for a roster."""

    table: str
    kind: str
    error_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """A phase, or a group of them: its state, the rows one reader sees, what they cost, what failed.

    `rosters` are the codes of its phases that list rows before they write them.
    """

    phase: str
    title: str
    state: str
    attempt: int
    percent: int
    planned: int
    counts: tuple[TableCount, ...]
    rosters: tuple[str, ...]
    in_repair: int
    cost_micros: int
    failed: tuple[FailedCall, ...]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return IN_WORDS.get(self.state, self.state)

    @property
    def tables(self) -> list[str]:
        """The names of its tables."""
        return [count.table for count in self.counts]

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
        """Rows that need a hand; `in_repair` are those that were kept out."""
        return sum(count.repair for count in self.counts)

    @property
    def cost(self) -> str:
        """US dollars, or free."""
        return f"${self.cost_micros / MICROS:.4f}" if self.cost_micros else "free"

    @property
    def failed_parts(self) -> list[str]:
        """What failed, each once: tables, or the roster."""
        return list(dict.fromkeys(call.table or call.kind for call in self.failed))


def phase_status(reader: Reader) -> list[Milestone]:
    """Each milestone with state, percent, rows, cost and the calls that failed; eight queries at most.

    Rows are those that this reader sees. The percentage is of the expected tokens of the last attempt; where none
    has written rows, of those of all rows.
    """
    nine = _phases(reader)
    if reader.campaign.phase_mode == "nine":
        return nine
    return [
        _joined(group, title, [each for each in nine if each.phase[0] == group])
        for group, title in GROUPS.items()
    ]


def _phases(reader: Reader) -> list[Milestone]:
    campaign = reader.campaign
    party = PlayerCharacter.objects.filter(campaign=campaign).count()
    wanted = wanted_of(campaign, party)
    counts = counts_of(reader)
    last = _last_attempts(campaign)
    costs, failed = _costs(campaign), _failed(campaign, last.values())
    drafts = _drafts(campaign)
    done = percents(campaign, last.values(), wanted)
    return [
        Milestone(
            phase=phase.code,
            title=phase.title,
            state=_state(here, last.get(phase.code)),
            attempt=last[phase.code].attempt if phase.code in last else 0,
            percent=_percent(here, wanted, done, last.get(phase.code)),
            planned=sum(wanted[table] for table in phase.tables),
            counts=here,
            rosters=(phase.code,) if phase.has_roster else (),
            in_repair=sum(drafts.get(table, 0) for table in phase.tables),
            cost_micros=costs.get(phase.code, 0),
            failed=tuple(failed[phase.code]),
        )
        for phase in phases.PHASES
        for here in [tuple(counts[table] for table in phase.tables)]
    ]


def _state(counts: Sequence[TableCount], last: PhaseRun | None) -> str:
    if last:
        state: str = last.state
        return state
    return "done" if any(count.rows for count in counts) else "waiting"


def _percent(
    counts: Sequence[TableCount],
    wanted: dict[str, int],
    done: Mapping[UUID, int],
    last: PhaseRun | None,
) -> int:
    if last and last.pk in done:
        return done[last.pk]
    tokens = {count.table: phases.tables()[count.table].row_tokens for count in counts}
    planned = sum(wanted[table] * each for table, each in tokens.items())
    there = sum(min(c.rows, wanted[c.table]) * tokens[c.table] for c in counts)
    return 100 * there // max(planned, 1)


def _joined(group: str, title: str, parts: Sequence[Milestone]) -> Milestone:
    states = {part.state for part in parts}
    return Milestone(
        phase=group,
        title=title,
        state=next(state for state in ORDER if state in states),
        attempt=max(part.attempt for part in parts),
        percent=sum(part.percent for part in parts) // len(parts),
        planned=sum(part.planned for part in parts),
        counts=tuple(count for part in parts for count in part.counts),
        rosters=tuple(code for part in parts for code in part.rosters),
        in_repair=sum(part.in_repair for part in parts),
        cost_micros=sum(part.cost_micros for part in parts),
        failed=tuple(call for part in parts for call in part.failed),
    )


def _last_attempts(campaign: Campaign) -> dict[str, PhaseRun]:
    """The newest attempt at each phase whose run was not undone."""
    codes = [phase.code for phase in phases.PHASES]
    rows = PhaseRun.objects.filter(campaign=campaign, phase__in=codes)
    counted = rows.exclude(run__state="rolled_back").select_related("run__job")
    return {row.phase: row for row in counted.order_by("created_at", "pk")}


def _costs(campaign: Campaign) -> dict[str, int]:
    """What each phase has cost in all."""
    runs = TableRun.objects.filter(campaign=campaign).order_by()
    return dict(runs.values_list("phase_run__phase").annotate(sum=Sum("cost_micros")))


def _failed(campaign: Campaign, attempts: Iterable[PhaseRun]) -> dict[str, list[FailedCall]]:
    """What failed in these attempts, by phase."""
    failed: dict[str, list[FailedCall]] = defaultdict(list)
    runs = TableRun.objects.filter(campaign=campaign, state="failed", phase_run__in=list(attempts))
    for run in runs.select_related("phase_run"):
        call = FailedCall(table=run.table_name, kind=run.kind, error_code=run.error_code)
        failed[run.phase_run.phase].append(call)
    return failed


def _drafts(campaign: Campaign) -> dict[str, int]:
    rows = RowDraft.objects.filter(campaign=campaign, kind="invalid").order_by()
    return dict(rows.values_list("table_name").annotate(count=Count("pk")))
