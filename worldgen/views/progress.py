"""How far attempts at phases are: the work of theirs that has ended, of what they are to do, in expected tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count

from storyforge.jobs.models import Job
from worldgen import phases
from worldgen.models import Campaign, GenerationRun, PhaseRun, RosterLine, TableRun
from worldgen.planning.part import rows_planned, source_of_rows
from worldgen.runs.run_wishes import Scope

UNFINISHED = 99  # until what follows from the rows is there too
Asked = dict[str, list[list[str]]]  # table to the codes of each call; none: the whole table


def percents(
    campaign: Campaign, attempts: Iterable[PhaseRun], wanted: Mapping[str, int]
) -> dict[UUID, int]:
    """By attempt, with its run and job: 0 to 99, and 100 when it is done; none that writes no rows."""
    going = [attempt for attempt in attempts if attempt.state != "done"]
    found = {attempt.pk: 100 for attempt in attempts if attempt.state == "done"}
    if not going:
        return found
    lines = _lines(campaign)
    for run in {attempt.run_id: attempt.run for attempt in going}.values():
        scope, ended = Scope.model_validate(run.params), _ended(run)
        for attempt in going:
            if attempt.run_id == run.pk:
                share = _share(scope, attempt.phase, wanted, lines, ended[attempt.phase])
                if share is not None:
                    found[attempt.pk] = min(UNFINISHED, int(100 * share))
    return found


def _share(
    scope: Scope,
    phase: str,
    wanted: Mapping[str, int],
    lines: Mapping[str, int],
    ended: Asked,
) -> float | None:
    """The part of its tokens that a run has written of a phase; None where it is to write nothing there."""
    planned = done = 0.0
    for table in phases.by_code(phase).tables:
        if table not in scope.tables:
            continue
        only, skip = scope.only.get(table, ()), scope.skip.get(table, ())
        sources = lines.get(source_of_rows(table), 0)
        rows = rows_planned(table, wanted=wanted[table], sources=sources, only=only, skip=skip)
        tokens = rows * phases.tables()[table].row_tokens
        planned += tokens
        calls = ended.get(table, [])
        named = bool(phases.tables()[table].code_prefix)
        codes = rows if named else len(only) or max(0, sources - len(skip))
        written = len({code for call in calls for code in call})
        is_whole = any(not call for call in calls)
        done += tokens * (1.0 if is_whole else min(1.0, written / codes) if codes else 0.0)
    return done / planned if planned else None


def _lines(campaign: Campaign) -> dict[str, int]:
    listed = RosterLine.objects.filter(campaign=campaign, is_dropped=False).order_by()
    return dict(listed.values_list("table_name").annotate(count=Count("pk")))


def _ended(run: GenerationRun) -> dict[str, Asked]:
    """What calls of a run, and of those it goes on with, have written: phase to table to codes."""
    found: dict[str, Asked] = defaultdict(lambda: defaultdict(list))
    calls = TableRun.objects.filter(
        campaign=run.campaign_id, kind__in=("detail", "relations"), state__in=("ok", "partial")
    )
    mine = calls.filter(phase_run__run__job__in=_jobs(run))
    for phase, table, codes in mine.values_list("phase_run__phase", "table_name", "row_codes"):
        found[phase][table].append(codes)
    return found


def _jobs(run: GenerationRun) -> list[UUID]:
    """The job of a run and those that it tries again; seldom more than one."""
    found: list[UUID] = []
    job = run.job
    before = job.pk if job else None
    while before is not None:
        found.append(before)
        last = job.retry_of_id if job and before == job.pk else _before(before)
        before = last
    return found


def _before(job_id: UUID) -> UUID | None:
    return Job.objects.filter(pk=job_id).values_list("retry_of_id", flat=True).first()
