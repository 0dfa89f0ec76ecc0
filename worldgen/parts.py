"""The parts of a run that code does: facts by rules, what follows from rows, giving up, the checks."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from storyforge.jobs.models import Job
from worldgen import rules
from worldgen.checks import run_checks
from worldgen.derive import derive
from worldgen.models import Campaign, GenerationRun, PCFact, PlayerCharacter
from worldgen.planning.part import Part
from worldgen.rows import load
from worldgen.save import Writer
from worldgen.table_runs import keep_table_run, run_of
from worldgen.taking import MOST_LISTED


def write(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    """Do a part in the transaction that completes its job, with the campaign locked; its result."""
    match part.step:
        case "facts":
            return {"facts": find_facts(campaign)}
        case "checks":
            return _judge(campaign, job)
        case _:
            run = keep_table_run(campaign, part, job)
            derive(campaign, writer=Writer(source="derived", table_run=run))
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


def _judge(campaign: Campaign, job: Job) -> dict[str, Any]:
    """What the checks find, and the end of the run."""
    findings = run_checks(load(campaign))
    run = run_of(campaign, run_job=job.parent_id or job.pk, actor_id=job.actor_id)
    GenerationRun.objects.filter(pk=run.pk).update(state="completed", finished_at=Now())
    listed = [f"{f.code} {f.table} {f.row}: {f.message}" for f in findings[:MOST_LISTED]]
    return {"findings": len(findings), "listed": listed}
