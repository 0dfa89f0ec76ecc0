"""The parts of a run by rules: facts of the party, rosters, rows of a table, what follows, the checks.

Each part reads the world as it stands and writes in one transaction. The order is decided by `parts_of`:
phase after phase, inside a phase by the level of the tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

from django.db.models.functions import Now
from pydantic import BaseModel, ConfigDict

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Job
from worldgen import phases, rules
from worldgen.briefs import brief_of
from worldgen.checks import run_checks
from worldgen.derive import derive
from worldgen.models import Campaign, GenerationRun, PCFact, PhaseRun, PlayerCharacter, TableRun
from worldgen.rosters import problems, save_roster
from worldgen.rows import load
from worldgen.save import Writer, save_rows
from worldgen.validator import check

MOST_LISTED = 50  # findings and refused rows in a result
KINDS = {"roster": "roster", "rows": "detail", "derive": "derive"}


class RunInProgress(StoryforgeError):
    """Another run of this campaign has not ended yet."""

    code = "run_in_progress"
    status = 409


class RosterRefused(StoryforgeError):
    """The roster holds names or codes that this world does not allow."""

    code = "roster_refused"
    status = 500


class Part(BaseModel):
    """One unit of a run. `needs` are the keys of the units that come before."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["facts", "roster", "rows", "derive", "checks"]
    phase: str = ""
    table: str = ""
    level: int = 0

    @property
    def key(self) -> str:
        """Its name in the run."""
        return " ".join(word for word in (self.phase, self.step, self.table) if word)


def parts_of() -> Iterator[list[Part]]:
    """The parts of a whole world, in groups: a group may begin when the one before has ended."""
    yield [Part(step="facts")]
    for phase in phases.PHASES:
        if phase.has_roster:
            yield [Part(step="roster", phase=phase.code)]
        levels = sorted({phases.levels()[table] for table in phase.tables})
        for level in levels:
            here = [table for table in phase.tables if phases.levels()[table] == level]
            yield [Part(step="rows", phase=phase.code, table=t, level=level) for t in here]
        yield [Part(step="derive", phase=phase.code)]
    yield [Part(step="checks")]


def write(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    """Do a part in the transaction that completes its job, with the campaign locked; its result."""
    match part.step:
        case "facts":
            return {"facts": find_facts(campaign)}
        case "checks":
            return _judge(campaign, job)
        case "roster":
            return _write_roster(campaign, part)
        case _:
            return _write_rows(campaign, part, job)


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


def _write_roster(campaign: Campaign, part: Part) -> dict[str, Any]:
    world = load(campaign, ())
    lines = rules.write_roster(part.phase, brief_of(world))
    if found := problems(world, part.phase, lines):
        raise RosterRefused(f"{found[0].row}: {found[0].message}")
    return {"lines": save_roster(campaign, lines)}


def _write_rows(campaign: Campaign, part: Part, job: Job) -> dict[str, Any]:
    run = _table_run(campaign, part, job)
    if part.step == "derive":
        derive(campaign, writer=Writer(source="derived", table_run=run))
        return {}
    model = phases.tables()[part.table]
    # What does not stand the rules draw again, alike; so the rows they lean on are enough.
    brief = brief_of(load(campaign, {part.table, *phases.needed_tables(model)}))
    if model.code_prefix:
        rows = rules.write_rows(part.table, list(brief.rosters.get(part.table, ())), brief)
    else:
        rows = rules.write_relations(part.table, brief)
    writer = Writer(source="rules", table_run=run)
    saved = save_rows(campaign, part.table, check(part.table, {"rows": rows}), writer=writer)
    refused = {key: [issue.message for issue in found] for key, found in saved.invalid.items()}
    TableRun.objects.filter(pk=run.pk).update(state="partial" if refused else "ok")
    return {
        "valid": len(saved.valid),
        "created": len(saved.created),
        "refused": dict(list(refused.items())[:MOST_LISTED]),
    }


def _table_run(campaign: Campaign, part: Part, job: Job) -> TableRun:
    place = {"project_id": campaign.project_id, "campaign": campaign}
    phase_run, _ = PhaseRun.objects.get_or_create(
        run=run_of(campaign, job), phase=part.phase, attempt=1, defaults=place
    )
    row, _ = TableRun.objects.update_or_create(
        unit_key=hashlib.sha256(f"{job.parent_id} {part.key}".encode()).hexdigest(),
        defaults={
            **place,
            "phase_run": phase_run,
            "job": job,
            "table_name": part.table,
            "kind": KINDS[part.step],
            "writer": "rules" if part.step == "rows" else "code",
            "state": "ok",
        },
    )
    return row


def run_of(campaign: Campaign, job: Job) -> GenerationRun:
    """The run that this job is a unit of. Raises `RunInProgress` while another one works."""
    runs = GenerationRun.objects.filter(campaign=campaign)
    mine: GenerationRun | None = runs.filter(job=job.parent_id).first()
    if mine is not None:
        return mine
    for other in runs.filter(state__in=GenerationRun.UNFINISHED).select_related("job"):
        if other.job is not None and not other.job.is_terminal:
            raise RunInProgress
        ended = other.job.status if other.job else "failed"
        GenerationRun.objects.filter(pk=other.pk).update(state=ended, finished_at=Now())
    made: GenerationRun = GenerationRun.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        job_id=job.parent_id,
        requested_by_id=job.actor_id,
        mode="full",
        state="running",
        started_at=Now(),
    )
    return made


def _judge(campaign: Campaign, job: Job) -> dict[str, Any]:
    """The last part: what the checks find, and the end of the run."""
    findings = run_checks(load(campaign))
    GenerationRun.objects.filter(pk=run_of(campaign, job).pk).update(
        state="completed", finished_at=Now()
    )
    listed = [f"{f.code} {f.table} {f.row}: {f.message}" for f in findings[:MOST_LISTED]]
    return {"findings": len(findings), "listed": listed}
