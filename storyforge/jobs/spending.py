"""What a job pays: money set aside for it, moved to spent call by call, given back at its end.

The end needs no code: a trigger on the job's row gives back what is left, whoever ends or deletes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.apps import apps
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from storyforge.ai.prices import current_prices
from storyforge.core.prepared import Prepared
from storyforge.jobs.engine import engine
from storyforge.jobs.errors import FenceLost
from storyforge.jobs.models.calls import ProviderCall
from storyforge.money import quotas
from storyforge.money.errors import BudgetExceeded
from storyforge.money.models import LedgerEntry
from storyforge.money.quotas import BOOKED, Charge

if TYPE_CHECKING:
    from storyforge.jobs.execution import Execution
    from storyforge.jobs.models import Job, JobStep

Outcome = LedgerEntry.Outcome
LONGEST_CALL = timedelta(hours=1)

RELEASES = [
    pgtrigger.Trigger(
        name="release_at_end",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "NEW.reserved_micros > 0 AND NEW.status IN ('completed', 'failed', 'canceled')"
        ),
        func=f"{quotas.RELEASE} NEW.reserved_micros := 0; RETURN NEW;",
    ),
    pgtrigger.Trigger(
        name="release_when_deleted",
        when=pgtrigger.After,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.reserved_micros > 0"),
        func=f"{quotas.RELEASE} RETURN OLD;",
    ),
]

BEGUN = ("job_id", "step", "fence", "model", "price_version", "worst_micros")
# A worker that slept beyond its lease begins nothing: the reaper, which waits for the lock or is waited for,
# books the calls that there are, and a later one would stay open for ever.
BEGIN = Prepared(
    "begin_call",
    """
WITH mine AS (
    SELECT id FROM jobs_job WHERE id = %(job_id)s AND fence = %(fence)s AND status = 'running' FOR SHARE
)
INSERT INTO jobs_providercall (
    job_id, step, fence, model, price_version, worst_micros,
    started_at, outcome, input_tokens, output_tokens, cost_micros
) SELECT
    id, %(step)s, %(fence)s, %(model)s, %(price_version)s, %(worst_micros)s,
    statement_timestamp(), '', 0, 0, 0 FROM mine
RETURNING id
""",
)
# The job's row is locked first and the quotas after it, as everywhere.
PAID = """
paying AS (
    UPDATE jobs_job SET
        input_tokens = input_tokens + %(input_tokens)s::int,
        output_tokens = output_tokens + %(output_tokens)s::int,
        spent_micros = spent_micros + %(charged_micros)s::bigint,
        reserved_micros = greatest(reserved_micros - %(charged_micros)s, 0)
    WHERE id = %(job_id)s AND fence = %(fence)s AND status = 'running' RETURNING id
), ended AS (
    UPDATE jobs_providercall SET ended_at = statement_timestamp(), outcome = %(outcome)s,
        input_tokens = %(input_tokens)s, output_tokens = %(output_tokens)s,
        cost_micros = %(cost_micros)s
    FROM paying WHERE jobs_providercall.id = %(call)s
)
"""
STEPPED = """
stepped AS (
    INSERT INTO jobs_jobstep (
        job_id, name, fence, output, model, input_tokens, output_tokens, cost_micros, created_at
    ) SELECT
        %(job_id)s, %(name)s, %(fence)s, %(output)s::jsonb, %(answered_by)s,
        %(input_tokens)s, %(output_tokens)s, %(step_micros)s, statement_timestamp()
    FROM paying
)
"""
ALL = "WITH {} SELECT count(*) FROM paying"
SETTLE = Prepared("settle_call", ALL.format(",".join([PAID, BOOKED])))
SETTLE_WITH_STEP = Prepared("settle_step", ALL.format(",".join([PAID, STEPPED, BOOKED])))


@engine()
def begin(execution: Execution, step: str, *, model: str, worst_micros: int) -> ProviderCall:
    """Write down that a call begins, once enough is set aside for the worst case.

    Raises, before anything is spent, `BudgetExceeded` where it is not and the account has no more, and
    `FenceLost` where the job is not ours any more.
    """
    job = execution.job
    if worst_micros > job.reserved_micros:
        with transaction.atomic():
            execution.lock()
            if not _top_up(job, worst_micros - job.reserved_micros):
                raise BudgetExceeded
    execution.call = _written(execution, step, model=model, worst_micros=worst_micros)
    return execution.call


def _written(execution: Execution, step: str, **figures: Any) -> ProviderCall:
    version = current_prices().version
    call = ProviderCall(
        job=execution.job, step=step, fence=execution.fence, price_version=version, **figures
    )
    begun = BEGIN.one(**{name: getattr(call, name) for name in BEGUN})
    if begun is None:
        raise FenceLost
    (call.pk,) = begun
    return call


@engine()
def settle(
    execution: Execution,
    call: ProviderCall,
    *,
    outcome: str,
    step: JobStep | None = None,
    input_tokens: int = 0,
    output_tokens: int = 0,
    cost_micros: int = 0,
) -> None:
    """End the call and move its cost from reserved to spent; journal the step that came of it.

    A call of unknown outcome is the operator's, at its worst case; so is what goes beyond everything
    the account has left. Raises `FenceLost` where the job is not ours any more: the reaper books it.
    """
    job = execution.job
    house = call.worst_micros if outcome == Outcome.UNKNOWN else 0
    charged = 0 if outcome == Outcome.UNKNOWN else cost_micros
    with transaction.atomic(savepoint=False) if charged > job.reserved_micros else nullcontext():
        if charged > job.reserved_micros:
            execution.lock()
            if not _top_up(job, charged - job.reserved_micros):
                house, charged = charged - job.reserved_micros, job.reserved_micros
        call.outcome, call.cost_micros = outcome, charged + house
        call.input_tokens, call.output_tokens = input_tokens, output_tokens
        _settle_at_once(_charge(job, call, charged=charged, house=house), call, step)
    job.reserved_micros = max(job.reserved_micros - charged, 0)
    execution.call = None


def _settle_at_once(charge: Charge, call: ProviderCall, step: JobStep | None) -> None:
    """Job, call, quotas, ledger and journal in one statement; raises `FenceLost`."""
    values = {**charge.values, "call": call.pk, "cost_micros": call.cost_micros}
    if step is not None:
        values |= {"name": step.name, "output": json.dumps(step.output)}
        values |= {"answered_by": step.model, "step_micros": step.cost_micros}
    statement = SETTLE_WITH_STEP if step is not None else SETTLE
    (paid,) = statement.one(**values)
    if not paid:
        raise FenceLost


@engine()
def book_unknown(job: Job) -> None:
    """End the calls of a worker that died, at the operator's cost. The caller has locked the job."""
    calls = list(job.calls.filter(ended_at=None))
    if not calls:
        return
    for call in calls:
        call.outcome, call.cost_micros = Outcome.UNKNOWN, call.worst_micros
    job.calls.filter(ended_at=None).update(
        ended_at=Now(), outcome=Outcome.UNKNOWN, cost_micros=F("worst_micros")
    )
    quotas.book_on_house([_charge(job, call, charged=0, house=call.cost_micros) for call in calls])


def book_orphans() -> int:
    """End the open calls of jobs that were deleted while they ran, at the operator's cost; how many."""
    jobs = apps.get_model("jobs", "Job")._default_manager.filter(pk=OuterRef("job_id"))
    lost = ProviderCall.objects.filter(ended_at=None, started_at__lt=Now() - LONGEST_CALL)
    calls = list(lost.exclude(Exists(jobs))[:1_000])
    for call in calls:
        call.outcome, call.cost_micros = Outcome.UNKNOWN, call.worst_micros
    ProviderCall.objects.filter(pk__in=[call.pk for call in calls]).update(
        ended_at=Now(), outcome=Outcome.UNKNOWN, cost_micros=F("worst_micros")
    )
    quotas.book_on_house([_charge(None, call, charged=0, house=call.cost_micros) for call in calls])
    return len(calls)


@engine()
def reserve_from_run(run: Job, units: Sequence[tuple[Job, int]]) -> None:
    """Give new units their shares of what their run has set aside, as far as it goes.

    Fills the unsaved units; one with too little tops up at its first call. The caller has locked the run.
    """
    taken = 0
    for unit, need in units:
        unit.reserved_micros = min(need, run.reserved_micros - taken)
        unit.quotas = run.quotas
        taken += unit.reserved_micros
    if not taken:
        return
    runs = type(run).objects.filter(pk=run.pk, reserved_micros__gte=taken)
    if not runs.update(reserved_micros=F("reserved_micros") - taken):
        raise BudgetExceeded
    run.reserved_micros -= taken


def _top_up(job: Job, need: int) -> bool:
    if job.account_id is None:  # work of the installation itself
        return False
    rows = quotas.top_up(job.account_id, need, project_id=job.project_id, quotas=job.quotas)
    if rows is None:
        return False
    type(job).objects.filter(pk=job.pk).update(
        reserved_micros=F("reserved_micros") + need, quotas=rows
    )
    job.reserved_micros += need
    job.quotas = rows
    return True


def _charge(job: Job | None, call: ProviderCall, *, charged: int, house: int) -> Charge:
    return Charge(
        account_id=job.account_id if job else None,
        project_id=job.project_id if job else None,
        job_id=call.job_id,
        step=call.step,
        fence=call.fence,
        outcome=call.outcome,
        model=call.model,
        price_version=call.price_version,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        charged_micros=charged,
        house_micros=house,
        quotas=job.quotas if job and charged else [],
    )
