"""Where a world stands, phase by phase: nine milestones, or three in the plain mode."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Sum

from worldgen import phases
from worldgen.counts import TableCount, counts_of
from worldgen.models import Campaign, PhaseRun, PlayerCharacter, RowDraft, TableRun
from worldgen.reader import Reader
from worldgen.sight import counts_of as wanted_of

GROUPS = {"1": "Foundations", "2": "What the party meets", "3": "Adventures and ties"}
#: The state of a milestone is the first of these that one of its phases is in.
ORDER = ("running", "failed", "partial", "waiting", "skipped", "done")


def phase_status(reader: Reader) -> list[dict[str, Any]]:
    """Each milestone with state, percent, rows, cost and the calls that failed; seven queries.

    Rows are those that this reader sees. The percentage is of expected tokens.
    """
    nine = _phases(reader)
    if reader.campaign.phase_mode == "nine":
        return nine
    return [
        _joined(group, title, [line for line in nine if line["phase"][0] == group])
        for group, title in GROUPS.items()
    ]


def _phases(reader: Reader) -> list[dict[str, Any]]:
    campaign = reader.campaign
    party = PlayerCharacter.objects.filter(campaign=campaign).count()
    wanted = wanted_of(campaign, party)
    tables = counts_of(reader)
    last = _last_attempts(campaign)
    costs, failed = _calls(campaign)
    drafts = _drafts(campaign)
    return [
        _line(phase, [tables[t] for t in phase.tables], wanted, last.get(phase.code))
        | {
            "in_repair": sum(drafts.get(t, 0) for t in phase.tables),
            "cost_micros": costs.get(phase.code, 0),
            "failed": failed.get(phase.code, []),
        }
        for phase in phases.PHASES
    ]


def _line(
    phase: phases.Phase,
    tables: list[TableCount],
    wanted: dict[str, int],
    last: PhaseRun | None,
) -> dict[str, Any]:
    rows = {count.table: count.rows for count in tables}
    tokens = {t: phases.tables()[t].row_tokens for t in phase.tables}
    planned = sum(wanted[t] * tokens[t] for t in phase.tables)
    there = sum(min(rows[t], wanted[t]) * tokens[t] for t in phase.tables)
    percent = 100 if last and last.state == "done" else 100 * there // max(planned, 1)
    state = last.state if last else ("done" if any(rows.values()) else "waiting")
    return {
        "phase": phase.code,
        "title": phase.title,
        "state": state,
        "attempt": last.attempt if last else 0,
        "percent": percent,
        "planned": sum(wanted[t] for t in phase.tables),
        "rows": sum(rows.values()),
        "stale": sum(count.stale for count in tables),
        "protected": sum(count.protected for count in tables),
        "tables": list(phase.tables),
    }


def _joined(group: str, title: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    sums = ("planned", "rows", "stale", "protected", "in_repair", "cost_micros")
    states = {line["state"] for line in lines}
    return {
        "phase": group,
        "title": title,
        "state": next(state for state in ORDER if state in states),
        "attempt": max(line["attempt"] for line in lines),
        "percent": sum(line["percent"] for line in lines) // len(lines),
        "tables": [table for line in lines for table in line["tables"]],
        "failed": [each for line in lines for each in line["failed"]],
        **{name: sum(line[name] for line in lines) for name in sums},
    }


def _last_attempts(campaign: Campaign) -> dict[str, PhaseRun]:
    """The newest attempt at each phase whose run was not undone."""
    rows = PhaseRun.objects.filter(campaign=campaign).exclude(run__state="rolled_back")
    return {row.phase: row for row in rows.order_by("created_at", "pk")}


def _calls(campaign: Campaign) -> tuple[dict[str, int], dict[str, list[dict[str, str]]]]:
    """What each phase has cost in all, and what failed in its last attempt."""
    runs = TableRun.objects.filter(campaign=campaign)
    costs = runs.order_by().values_list("phase_run__phase").annotate(sum=Sum("cost_micros"))
    failed: dict[str, list[dict[str, str]]] = defaultdict(list)
    last = {row.pk for row in _last_attempts(campaign).values()}
    wrong = runs.filter(state="failed", phase_run__in=last).select_related("phase_run")
    for run in wrong:
        told = {"table": run.table_name, "kind": run.kind, "error_code": run.error_code}
        failed[run.phase_run.phase].append(told)
    return dict(costs), failed


def _drafts(campaign: Campaign) -> dict[str, int]:
    rows = RowDraft.objects.filter(campaign=campaign, kind="invalid").order_by()
    return dict(rows.values_list("table_name").annotate(count=Count("pk")))
