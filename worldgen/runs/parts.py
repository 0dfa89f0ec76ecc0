"""The parts of a run that code does: facts by rules, what follows from rows, giving up, the checks."""

from __future__ import annotations

from typing import Any

from storyforge.jobs.models import Job
from worldgen import rules
from worldgen.answers.derive import derive
from worldgen.answers.filling import MENDED, drop_lines_without_rows, fill
from worldgen.answers.mending import keep_facts, mendable, mends, wants_of
from worldgen.answers.settling import settle
from worldgen.answers.taking import MOST_LISTED
from worldgen.checking.checks import run_checks
from worldgen.checking.judging import keep_report
from worldgen.keeping.save import Writer
from worldgen.keeping.stale import refresh
from worldgen.models import Campaign, PCFact, PlayerCharacter, TableRun
from worldgen.planning.part import Part
from worldgen.rows import World, load
from worldgen.runs.table_runs import end_phase, keep_table_run

#: What follows from one default may ask for another, so often at most.
TIMES = 4


def write(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    """Do a part in the transaction that completes its job, with the campaign locked; its result."""
    match part.step:
        case "facts":
            return {"facts": find_facts(campaign)}
        case "checks":
            return _judge(campaign, part, job)
        case "settle":
            run = keep_table_run(campaign, part, job)
            return settle(load(campaign, ()), part, run)
        case "fill":
            return _fill(campaign, part, job)
        case _:
            run = keep_table_run(campaign, part, job)
            derive(campaign, writer=Writer(source="derived", table_run=run))
            end_phase(run.phase_run)
            return {}


def find_facts(campaign: Campaign) -> int:
    """Read the facts of each backstory that has none yet; facts of people stay. How many were found."""
    known = set(PCFact.objects.filter(campaign=campaign).values_list("pc_id", flat=True))
    facts = [
        PCFact(
            project_id=campaign.project_id,
            campaign=campaign,
            pc=pc,
            code=f"{pc.code}f{number}",
            origin="rules",
            **{name: fact[name] for name in ("kind", "text", "span_start", "span_end", "must_use")},
        )
        for pc in PlayerCharacter.objects.filter(campaign=campaign)
        if pc.pk not in known
        for number, fact in enumerate(rules.facts_of(pc.backstory), 1)
    ]
    PCFact.objects.bulk_create(facts)
    return len(facts)


def _fill(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    """What follows from the targeted calls, then what is still missing by rule, and what follows from that."""
    run = keep_table_run(campaign, part, job)
    writer = Writer(source="derived", table_run=run)
    derive(campaign, writer=writer)
    added = 0
    for _ in range(TIMES):
        more = fill(campaign, writer=writer, where=part.mends or "everywhere")
        if not more:
            break
        added += more
        derive(campaign, writer=writer)
    return {"added": added}


def _judge(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    """What the checks find; where the run mends, what is to be done about it, else the end of the run."""
    if part.mends == "everywhere" and part.writer == "model":
        run = keep_table_run(campaign, part, job)
        drop_lines_without_rows(campaign, table_run=run)
    world = load(campaign)
    findings = run_checks(world)
    keep_report(campaign, findings)
    refresh(campaign)
    listed = [f"{f.code} {f.table} {f.row}: {f.message}" for f in findings[:MOST_LISTED]]
    result: dict[str, Any] = {"findings": len(findings), "listed": listed}
    result["rows"] = _rows_of(world, job)
    if part.mends:
        result["fill"] = any(found.code in MENDED for found in findings)
    if part.mends and part.writer == "model":
        wants = wants_of(world, findings)
        keep_facts(wants)
        calls = mends(wants, mendable(world, part.mends))
        result["mend"] = [call.model_dump(mode="json") for call in calls]
    return result


def _rows_of(world: World, job: Job) -> dict[str, int]:
    """Rows by table that stand as this run has written or confirmed them, those inside others and derived ones too."""
    runs = TableRun.objects.filter(phase_run__run__job=job.parent_id).order_by()
    mine = set(runs.values_list("pk", flat=True))
    return {
        table: sum(row.table_run in mine for row in rows.values())
        for table, rows in world.tables.items()
    }
