"""The rows that say what a run has done: the run, an attempt at a phase, a call of a writer."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Sum
from django.db.models.functions import Now

from storyforge.generation.models import Made
from storyforge.jobs.models import Job, ProviderCall
from worldgen import phases
from worldgen.errors import RunInProgress
from worldgen.models import Campaign, GenerationRun, PhaseRun, TableRun
from worldgen.planning.part import Part


def kind_of(part: Part) -> str:
    """What sort of table run a part is."""
    if part.step in ("repair", "settle", "mend", "fill"):
        return "repair"
    if part.step == "rows":
        return "detail" if phases.tables()[part.table].code_prefix else "relations"
    return "roster" if part.step == "roster" else "derive"


def keep_table_run(
    campaign: Campaign, part: Part, job: Job, *, input_hash: str = "", made: Made | None = None
) -> TableRun:
    """The table run of a part, in the transaction that completes its job; `TableRun.end` says how."""
    phase_run = _phase_run(campaign, part, job)
    key = hashlib.sha256(f"{job.parent_id} {part.key}".encode()).hexdigest()
    values = {
        **_figures(job, made),
        "phase_run": phase_run,
        "job": job,
        "table_name": part.table,
        "kind": kind_of(part),
        "chunk": int("".join(c for c in part.chunk.partition(".")[0] if c.isdecimal()) or 0),
        "row_codes": part.codes or [],
        "input_hash": input_hash,
        "writer": part.writer if part.is_written else "code",
        "state": "ok",
        "attempts": job.attempt,
    }
    row = TableRun(
        id=UUID(key[:32]),  # of its unit, so that writing it again is no second row
        unit_key=key,
        project_id=campaign.project_id,
        campaign=campaign,
        **values,
    )
    TableRun.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["unit_key"],
        update_fields=[*values, "updated_at"],
    )
    return row


#: A statement for each part: put together once.
ATTEMPT = (
    "SELECT p.* FROM worldgen_phaserun p JOIN worldgen_generationrun r ON r.id = p.run_id"
    " WHERE p.campaign_id = %s AND p.phase = %s AND p.attempt = %s AND r.job_id = %s"
)


def _phase_run(campaign: Campaign, part: Part, job: Job) -> PhaseRun:
    """The attempt at the phase that a part belongs to."""
    run_job = job.parent_id or job.pk
    known = [campaign.pk, part.phase, part.attempt, run_job]
    there: PhaseRun | None = next(iter(PhaseRun.objects.raw(ATTEMPT, known)), None)
    if there is not None:
        return there
    begins = {
        "project_id": campaign.project_id,
        "campaign": campaign,
        "state": "running",
        "started_at": Now(),
    }
    run = run_of(campaign, run_job=run_job, actor_id=job.actor_id)
    begun: PhaseRun = PhaseRun.objects.get_or_create(
        run=run, phase=part.phase, attempt=part.attempt, defaults=begins
    )[0]
    return begun


def _figures(job: Job, made: Made | None) -> dict[str, Any]:
    """What the calls of a job took and cost."""
    if made is None or not made.model_used:
        return {}
    calls = ProviderCall.objects.filter(job=job).aggregate(
        tokens_in=Sum("input_tokens"),
        tokens_out=Sum("output_tokens"),
        first=Min("started_at"),
        last=Max("ended_at"),
    )
    took = calls["last"] - calls["first"] if calls["last"] and calls["first"] else None
    return {
        "model": made.model_used[:80],
        "tokens_in": calls["tokens_in"] or 0,
        "tokens_out": calls["tokens_out"] or 0,
        "duration_ms": int(took.total_seconds() * 1_000) if took else 0,
        "cost_micros": made.generation_cost_micros,
    }


def run_of(campaign: Campaign, *, run_job: UUID, actor_id: int | None) -> GenerationRun:
    """The run whose parent job this is. Raises `RunInProgress` while another one works."""
    runs = GenerationRun.objects.filter(campaign=campaign)
    mine: GenerationRun | None = runs.filter(job=run_job).first()
    if mine is not None:
        return mine
    refuse_second_run(campaign)
    made: GenerationRun = GenerationRun.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        job_id=run_job,
        requested_by_id=actor_id,
        mode="full",
        state="running",
        started_at=Now(),
    )
    return made


def end_phase(phase_run: PhaseRun) -> None:
    """The attempt has done its rows and what follows from them: whole, or with holes."""
    holes = TableRun.objects.filter(phase_run=phase_run, state__in=("failed", "partial")).exists()
    PhaseRun.objects.filter(pk=phase_run.pk).update(
        state="partial" if holes else "done", percent=100, finished_at=Now()
    )


def refuse_second_run(campaign: Campaign) -> None:
    """Raise `RunInProgress` while a run of the campaign works; one whose job is gone or ended does not count."""
    runs = GenerationRun.objects.filter(campaign=campaign, state__in=GenerationRun.UNFINISHED)
    for other in runs.select_related("job"):
        if other.job is not None and not other.job.is_terminal:
            raise RunInProgress
        ended = other.job.status if other.job else "failed"
        GenerationRun.objects.filter(pk=other.pk).update(state=ended, finished_at=Now())
