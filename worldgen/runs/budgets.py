"""What a run may still spend: its budget, less what its units have spent and set aside."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, F, Sum, When

from storyforge.jobs.models import Job
from storyforge.jobs.pricing import Wish, worst_micros
from storyforge.jobs.runs import NewUnit


def within(budget_micros: int | None, run: Job, units: Sequence[NewUnit]) -> list[NewUnit]:
    """The units, in their order, that the budget covers at the worst; all where there is no budget.

    A call counts with its worst case until it has ended, so spent and set aside together stay within it.
    """
    if budget_micros is None or not units:
        return list(units)
    held = Case(When(status__in=Job.UNFINISHED, then=F("reserved_micros")), default=0)
    sums = Job.objects.filter(parent=run).aggregate(used=Sum(F("spent_micros") + held))
    room = budget_micros - (sums["used"] or 0)
    wishes = [
        Wish(kind=u.kind, writer=u.writer, target_id=u.target_id, input=u.input) for u in units
    ]
    found = []
    for unit, most in zip(units, worst_micros(run.account_id, wishes), strict=True):
        if most <= room:
            found.append(unit)
            room -= most
    return found
