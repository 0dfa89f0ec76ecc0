"""Money is set aside, spent and given back on the same rows, and never beyond a limit."""

from __future__ import annotations

import os
import threading
import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyforge.accounts.models import User
from storyforge.money import quotas
from storyforge.money.errors import BudgetTooSmall, LimitExceeded
from storyforge.money.models import Account, LedgerEntry, Plan, Quota
from storyforge.money.plans import SHIPPED, ship


def reserve(account, need, project_id=None, **changes):
    told = {"actor_id": account.pk, **changes}
    return quotas.reserve(account.pk, need, project_id=project_id, **told)


def test_a_reservation_counts_in_the_month_and_the_day(account, month):
    rows = Quota.objects.in_bulk(reserve(account, 400_000))
    assert {row.scope for row in rows.values()} == {"month", "day"}
    assert {row.reserved_micros for row in rows.values()} == {400_000}
    assert month() == (0, 400_000)


def test_what_does_not_fit_is_refused_and_changes_nothing(account, month):
    reserve(account, 700_000)
    with pytest.raises(LimitExceeded) as refused:
        reserve(account, 300_001)
    assert refused.value.members == {
        "quota": "month",
        "needed": 300_001,
        "resets_at": refused.value.members["resets_at"],
        "limit": 1_000_000,
        "spent": 0,
        "reserved": 700_000,
    }
    assert month() == (0, 700_000)
    reserve(account, 300_000)  # to the micro
    assert month() == (0, 1_000_000)


def test_a_member_learns_that_it_does_not_fit_but_not_the_owners_figures(account):
    with pytest.raises(LimitExceeded) as refused:
        reserve(account, 1_000_001, actor_id=account.pk + 1)
    assert set(refused.value.members) == {"quota", "needed", "resets_at"}


def test_free_work_touches_no_quota(account):
    assert reserve(account, 0) == []
    assert not Quota.objects.exists()


def test_a_plan_with_a_daily_number_of_jobs_counts_free_ones_too(account):
    account.plan.daily_jobs = 2
    account.plan.save()
    assert [reserve(account, 0), reserve(account, 0)] == [[], []]
    with pytest.raises(LimitExceeded) as refused:
        reserve(account, 0)
    assert refused.value.members["quota"] == "day"
    assert Quota.objects.get(scope="day").jobs == 2


def test_a_months_money_resets_with_the_next_month_and_a_day_with_the_next_day():
    december = Quota(scope="month", starts_on=date(2026, 12, 1))
    assert december.resets_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert Quota(scope="day", starts_on=date(2026, 2, 28)).resets_at.day == 1
    assert Quota(scope="project").resets_at is None


def test_a_projects_budget_stops_its_jobs_and_no_others(account, project):
    quotas.set_budget(account.pk, project.pk, 100_000)
    reserve(account, 100_000, project.pk)
    with pytest.raises(LimitExceeded) as refused:
        reserve(account, 1, project.pk)
    assert refused.value.members["quota"] == "project"
    reserve(account, 1, uuid.uuid4())


def test_a_budget_cannot_go_below_what_is_used_and_can_be_taken_away(account, project):
    quotas.set_budget(account.pk, project.pk, 100_000)
    reserve(account, 60_000, project.pk)
    with pytest.raises(BudgetTooSmall):
        quotas.set_budget(account.pk, project.pk, 59_999)
    assert quotas.set_budget(account.pk, project.pk, 60_000).limit_micros == 60_000
    assert quotas.set_budget(account.pk, project.pk, None).limit_micros is None
    reserve(account, 500_000, project.pk)


def test_a_call_moves_its_cost_from_reserved_to_spent_with_an_entry(account, month, charge):
    ids = reserve(account, 400_000)
    quotas.settle(charge(150_000, ids))
    assert month() == (150_000, 250_000)
    entry = LedgerEntry.objects.get()
    assert (entry.charged_micros, entry.house_micros, entry.quotas) == (150_000, 0, ids)


def test_the_same_call_is_not_booked_twice(account, month, charge):
    ids = reserve(account, 400_000)
    once = charge(150_000, ids)
    quotas.settle(once)
    with pytest.raises(IntegrityError), transaction.atomic():
        quotas.settle(once)
    assert month() == (150_000, 250_000)


def test_the_database_itself_refuses_an_overdraft(account):
    ids = reserve(account, 1_000_000)
    with pytest.raises(IntegrityError, match="quota_not_overdrawn"), transaction.atomic():
        Quota.objects.filter(pk__in=ids).update(spent_micros=1)


def test_the_ledger_is_append_only_in_the_database(account, charge):
    quotas.settle(charge(0, []))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        LedgerEntry.objects.update(charged_micros=1)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        LedgerEntry.objects.all().delete()
    with (
        pytest.raises(DatabaseError, match="Cannot truncate"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE money_ledgerentry")


def test_a_smaller_plan_holds_at_once_and_never_overdraws(account, month):
    reserve(account, 600_000)
    small = Plan.objects.create(code="small", name="Small", monthly_micros=200_000)
    account.put_on(small)
    assert Quota.objects.get(scope="month").limit_micros == 600_000
    with pytest.raises(LimitExceeded):
        reserve(account, 1)
    small.monthly_micros = 900_000
    small.save()
    small.apply()
    reserve(account, 300_000)
    assert month() == (0, 900_000)


def test_plans_are_shipped_once_and_then_the_operators(db):
    assert set(Plan.objects.values_list("code", flat=True)) == {p["code"] for p in SHIPPED}
    Plan.objects.filter(code="pro").delete()
    ship()
    assert not Plan.objects.filter(code="pro").exists()


@settings(
    max_examples=int(os.environ.get("MONEY_SCHEDULES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["reserve", "spend", "end"]), st.integers(0, 600_000)),
        max_size=8,
    )
)
def test_no_schedule_overdraws_and_the_ledger_is_exact(account, charge, steps):
    """Jobs that reserve, spend more or less than that, top up and end, in any order."""
    log = 0
    open_jobs: list[list] = []  # [ids, reserved]
    with transaction.atomic():
        for what, micros in steps:
            if what == "reserve":
                try:
                    ids = reserve(account, micros)
                except LimitExceeded:
                    continue
                open_jobs.append([ids, micros])
            elif open_jobs and what == "spend":
                job = open_jobs[-1]
                house = _top_up(account, job, micros)
                quotas.settle(charge(micros - house, job[0], house=house))
                job[1] -= micros - house
                log += micros
            elif open_jobs:
                ids, left = open_jobs.pop(0)
                _release(ids, left)
        _check(account, log, sum(left for _, left in open_jobs))
        transaction.set_rollback(True)


def _top_up(account, job, cost):
    """Reserve what is missing for this cost; what the house pays where that is refused."""
    short = cost - job[1]
    if short <= 0:
        return 0
    rows = quotas.top_up(account.pk, short, project_id=None, quotas=job[0])
    if rows is None:
        return short
    job[0], job[1] = rows, job[1] + short
    return 0


def _release(ids, left):
    """What the trigger on the job's row does."""
    Quota.objects.filter(pk__in=ids).update(reserved_micros=F("reserved_micros") - left)


def _check(account, log, reserved):
    row = Quota.objects.filter(account=account, scope="month").first() or Quota()
    booked = LedgerEntry.objects.aggregate(c=Sum("charged_micros"), h=Sum("house_micros"))
    assert row.spent_micros == (booked["c"] or 0)
    assert row.reserved_micros == reserved
    assert row.spent_micros + row.reserved_micros <= 1_000_000
    assert (booked["c"] or 0) + (booked["h"] or 0) == log


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("limit", "fit"), [(25, 25), (0, 0), (300, 200)])
def test_two_hundred_at_the_edge_of_a_limit_are_exactly_as_many_as_fit(limit, fit):
    """Real threads and connections; each in the same instant asks for one part of the limit."""
    user = User.objects.create_user("edge@example.org", "a long password 1")
    Account.of(user.pk).put_on(
        Plan.objects.create(code="edge", name="Edge", monthly_micros=limit * 7_000)
    )
    start, outcomes = threading.Barrier(20), []

    def ask():
        try:
            start.wait()
            for _ in range(10):
                try:
                    with transaction.atomic():
                        quotas.reserve(user.pk, 7_000, project_id=None, actor_id=user.pk)
                    outcomes.append("accepted")
                except LimitExceeded:
                    outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("accepted"), outcomes.count("refused")) == (fit, 200 - fit)
    rows = Quota.objects.filter(scope="month").values_list("spent_micros", "reserved_micros")
    assert list(rows) == ([(0, fit * 7_000)] if fit else [])
