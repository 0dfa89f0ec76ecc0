"""What is true afterwards: from the rows, and from the model's own log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.load import Wish
from tests.chaos.model import PLOT, RETRY_AFTER, WISH


@dataclass(kw_only=True)
class Verdict:
    """Counts; `problems` has to be empty."""

    accepted: int
    units: int
    lost: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    uncanceled: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    bounds: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    given_up: int = 0
    late: int = 0
    canceled: int = 0
    calls: int = 0
    refused: int = 0
    repeated: int = 0
    charged: int = 0
    house: int = 0

    @property
    def problems(self) -> dict[str, list[str]]:
        """What must not be."""
        names = (
            *("lost", "failed", "doubled", "gaps", "broken", "errors", "uncanceled", "ledger"),
            *("truncated", "early", "bounds"),
        )
        return {name: found for name in names if (found := getattr(self, name))}


@contextmanager
def everything() -> Iterator[None]:
    """See all rows, as staff do, on a connection of its own: the last one may be dead."""
    from django.db import connections

    from storyforge.core.acting import Door, acting_as

    try:
        with acting_as(None, door=Door.ADMIN):
            yield
    finally:
        connections.close_all()


def unfinished() -> int:
    """Jobs that have not ended."""
    from storyforge.jobs.models import Job

    with everything():
        return Job.objects.filter(status__in=Job.UNFINISHED).count()


def judge(wishes: Sequence[Wish], calls: Sequence[dict[str, Any]]) -> Verdict:
    """Hold what was asked for against what there is."""
    from storyforge.jobs import fsck
    from storyforge.jobs.models import Job

    accepted = [wish for wish in wishes if wish.job]
    with everything():
        jobs = {str(job.pk): job for job in Job.objects.filter(kind__in=KINDS)}
        verdict = Verdict(
            accepted=len(accepted), units=sum(1 for j in jobs.values() if j.parent_id)
        )
        for wish in accepted:
            job = jobs.get(wish.job)
            if job is None or not job.is_terminal:
                verdict.lost.append(f"{wish.key} {vars(job) if job else 'no row'}")
        _look_for_failures(verdict, jobs, accepted)
        _look_at_cancels(verdict, jobs, accepted)
        _look_at_the_ledger(verdict)
        _look_for_doubles(verdict, accepted, jobs)
        _look_for_gaps(verdict, jobs)
        _look_for_halves(verdict)
        verdict.broken = [f"{found.code} {row}" for found in fsck.check() for row in found.rows]
    verdict.errors = [f"{w.key} {code}" for w in wishes for code in w.answers if code == 500]
    # A worker that is killed while it asks has sent half of a request, which nobody answers.
    calls = [call for call in calls if call["body"] is not None]
    answered = [call for call in calls if call["reply"] == "valid"]
    verdict.calls, verdict.refused = len(calls), len(calls) - len(answered)
    wished = Counter(number_of(call) for call in answered)
    verdict.repeated = sum(number - 1 for number in wished.values())
    _look_for_haste(verdict, calls)
    return verdict


KINDS = ("plot.overview", "book.adapt", "script.adapt")


def number_of(asked: Wish | dict[str, Any]) -> str:
    """The number of a wish, and of the wish that a call of the model is for."""
    text = json.dumps(asked.body if isinstance(asked, Wish) else asked["body"])
    return str(WISH.findall(text)[-1])


def _look_for_failures(verdict: Verdict, jobs: dict[str, Any], wishes: Sequence[Wish]) -> None:
    """A job that three workers in a row died of is given up by design, and one that took too long."""
    why = {job.pk: (job.error or {}).get("error_code") for job in jobs.values()}
    verdict.given_up = sum(1 for code in why.values() if code == "worker_lost")
    verdict.late = sum(1 for code in why.values() if code == "deadline_exceeded")
    by_design = {pk for pk, code in why.items() if code in ("worker_lost", "deadline_exceeded")}
    excused = by_design | {job.parent_id for job in jobs.values() if job.pk in by_design}
    asked_to_stop = {wish.job for wish in wishes if wish.cancel is not None}
    for job in jobs.values():
        may_be_canceled = {str(job.pk), str(job.parent_id)} & asked_to_stop
        if may_be_canceled and job.status == "canceled":
            continue
        if job.pk not in excused and job.is_terminal and (job.status != "completed" or job.partial):
            verdict.failed.append(f"{job.kind} {job.status} {job.error}")


def _look_at_cancels(verdict: Verdict, jobs: dict[str, Any], wishes: Sequence[Wish]) -> None:
    """What was promised to be canceled is; what had ended before stays as it was."""
    verdict.canceled = sum(1 for job in jobs.values() if job.status == "canceled")
    for wish in wishes:
        status = jobs[wish.job].status if wish.job in jobs else "no row"
        if wish.cancel in (200, 202) and status != "canceled":
            verdict.uncanceled.append(f"{wish.key}: cancel answered {wish.cancel}, {status}")
        if wish.cancel == 204 and status == "canceled":
            verdict.uncanceled.append(f"{wish.key}: had ended, and is {status}")


def _look_at_the_ledger(verdict: Verdict) -> None:
    """Each call has its one entry, at the price of its tokens, or at its worst case for the house."""
    from storyforge.ai.prices import cost_micros
    from storyforge.ai.text.base import Usage
    from storyforge.jobs.models import ProviderCall
    from storyforge.money.models import LedgerEntry

    entries = {(e.job_id, e.step, e.fence): e for e in LedgerEntry.objects.all()}
    for call in ProviderCall.objects.all():
        entry = entries.pop((call.job_id, call.step, call.fence), None)
        if entry is None:
            verdict.ledger.append(f"{call.step} of {call.job_id} was never booked")
            continue
        verdict.charged += entry.charged_micros
        verdict.house += entry.house_micros
        used = Usage(input_tokens=call.input_tokens, output_tokens=call.output_tokens)
        want = {
            "answered": cost_micros(call.model, used),
            "unknown": call.worst_micros,
            "failed": 0,
        }[call.outcome]
        if entry.charged_micros + entry.house_micros != want:
            verdict.ledger.append(f"{call.step} of {call.job_id}: {call.outcome}, not {want}")
    verdict.ledger += [f"{pk} {step} was never called" for pk, step, _ in entries]


def _look_for_doubles(verdict: Verdict, wishes: Sequence[Wish], jobs: dict[str, Any]) -> None:
    from scriptwriter.models import PlotOverview, ScriptVersion

    asked = {wish.job for wish in wishes}
    own = [pk for pk, job in jobs.items() if job.parent_id is None]
    verdict.doubled += [f"a job nobody was told of: {pk}" for pk in own if pk not in asked]
    for model, kind in ((PlotOverview, "plot.overview"), (ScriptVersion, "script.adapt")):
        made = Counter(str(pk) for pk in model.objects.values_list("job_id", flat=True) if pk)
        for pk, job in jobs.items():
            if job.kind == kind and job.status == "completed" and made[pk] != 1:
                verdict.doubled.append(f"{kind} {pk} made {made[pk]} versions")
    numbers = sorted(PlotOverview.objects.values_list("version", flat=True))
    if numbers != list(range(1, len(numbers) + 1)):
        verdict.doubled.append(f"versions {numbers}")


def _look_for_halves(verdict: Verdict) -> None:
    """What a model wrote is saved as it wrote it, whole, or not at all."""
    from scriptwriter.models import PlotOverview
    from storyforge.generation.models import MadeBy

    for plot in PlotOverview.objects.filter(generation_method=MadeBy.MODEL):
        if any(getattr(plot, name) != said for name, said in PLOT.items()):
            verdict.truncated.append(f"version {plot.version} of {plot.job_id}")


def _look_for_haste(verdict: Verdict, calls: Sequence[dict[str, Any]]) -> None:
    """Whoever was told to come back later did not come back before."""
    told: dict[str, float] = {}
    for call in sorted(calls, key=lambda call: float(call["started"])):
        wish = number_of(call)
        if call["started"] < told.get(wish, 0):
            verdict.early.append(f"wish {wish} {told[wish] - call['started']:.2f} seconds early")
        if call["reply"] == "error_429":
            told[wish] = call["ended"] + RETRY_AFTER


def _look_for_gaps(verdict: Verdict, jobs: dict[str, Any]) -> None:
    from storyforge.jobs.models import JobEvent

    seen: dict[str, list[int]] = {pk: [] for pk in jobs}
    ends: Counter[str] = Counter()
    for pk, seq, kind in JobEvent.objects.order_by("job_id", "seq").values_list(
        "job_id", "seq", "type"
    ):
        seen.setdefault(str(pk), []).append(seq)
        ends[str(pk)] += kind in {"job.completed", "job.failed", "job.canceled"}
    for pk, job in jobs.items():
        if seen[pk] != list(range(1, job.event_seq + 1)):
            verdict.gaps.append(f"{job.kind} {pk}: {seen[pk]}")
        if ends[pk] != int(job.is_terminal):
            verdict.gaps.append(f"{job.kind} {pk}: {ends[pk]} ends")
