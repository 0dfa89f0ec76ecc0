"""What a job pays: set aside when it is accepted, spent call by call, given back at its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from pydantic import BaseModel

from storyforge.core.errors import DatabaseUnavailable
from storyforge.jobs import costs, dispatch, runs, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import FenceLost
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job, ProviderCall
from storyforge.jobs.runner import run, run_due
from storyforge.jobs.spending import Outcome, reserve_from_run
from storyforge.money.errors import LimitExceeded
from storyforge.money.models import Account, LedgerEntry, Plan, Quota
from storyforge.projects.models import Project

pytestmark = pytest.mark.django_db
WORST = 60_000


class Nothing(BaseModel):
    """A kind that asks for nothing."""


@pytest.fixture
def priced(kind):
    """The scripted kind at $0.06 a job in the worst case."""
    kind.target, kind.request = Project, Nothing
    kind.most_micros = lambda target, request, *, writer: WORST
    yield kind
    del kind.target, kind.request, kind.most_micros


@pytest.fixture
def account(project):
    """Alice's, with $0.10 a month."""
    account = Account.of(project.owner_id)
    account.put_on(Plan.objects.create(code="test", name="Test", monthly_micros=100_000))
    return account


@pytest.fixture
def ask(priced, project, account):
    def make(**changes):
        return create_job(
            priced.kind,
            project=project,
            actor=project.owner,
            writer=Job.Writer.MODEL,
            target_id=project.pk,
            **changes,
        )

    return make


def month():
    rows = Quota.objects.filter(scope="month")
    return rows.values_list("spent_micros", "reserved_micros").get()


def called(execution, step, cost, *, worst=20_000):
    """A provider call with its step."""
    call = execution.begin_call(step, model="m", worst_micros=worst)
    execution.record_step(step, output={}, call=call, cost_micros=cost, input_tokens=3)


def claimed(job):
    assert job.claim()
    return Execution(job)


def test_a_job_reserves_its_worst_case_spends_by_call_and_gives_back_the_rest(ask, priced):
    def work(execution):
        called(execution, "one", 11_000)
        called(execution, "two", 7_000)
        with execution.completing() as result:
            result["ok"] = True

    priced.work = work
    job = ask()
    assert (job.reserved_micros, month()) == (WORST, (0, WORST))
    run_due()
    job.refresh_from_db()
    assert (job.status, job.spent_micros, job.reserved_micros) == ("completed", 18_000, 0)
    assert month() == (18_000, 0)
    assert list(job.calls.values_list("step", "outcome", "cost_micros").order_by("pk")) == [
        ("one", "answered", 11_000),
        ("two", "answered", 7_000),
    ]
    booked = LedgerEntry.objects.filter(job_id=job.pk).values_list("step", "charged_micros")
    assert list(booked.order_by("pk")) == [("one", 11_000), ("two", 7_000)]


def test_a_job_that_does_not_fit_is_no_job(ask):
    ask()
    with pytest.raises(LimitExceeded):
        ask()
    assert Job.objects.count() == 1
    assert month() == (0, WORST)


def test_every_end_gives_the_rest_back(ask, priced, project):
    ask().cancel()
    assert month() == (0, 0)

    failing = claimed(ask())
    called(failing, "one", 1_000)
    failing.job.fail(LimitExceeded())
    assert month() == (1_000, 0)

    canceled = claimed(ask())
    canceled.job.cancel()
    canceled.job.end_canceled()
    assert month() == (1_000, 0)

    ask()
    Job.objects.filter(status="pending").delete()
    assert month() == (1_000, 0)

    ask()
    project.delete()
    assert month() == (1_000, 0)
    assert LedgerEntry.objects.count() == 1  # what was spent stays on record


def test_a_job_put_back_keeps_what_it_has_set_aside(ask):
    execution = claimed(ask())
    called(execution, "one", 5_000)
    execution.job.put_back(seconds=0)
    assert month() == (5_000, WORST - 5_000)


def test_a_call_whose_worker_died_is_paid_by_the_house_and_made_again(ask, priced):
    dead = claimed(ask())
    dead.begin_call("one", model="m", worst_micros=20_000)
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    dispatch.reap()
    assert month() == (0, WORST)
    Job.objects.update(run_after=Now())

    def work(execution):
        called(execution, "one", 9_000)
        with execution.completing():
            pass

    priced.work = work
    run_due()
    entries = LedgerEntry.objects.order_by("pk")
    assert list(entries.values_list("fence", "outcome", "charged_micros", "house_micros")) == [
        (1, "unknown", 0, 20_000),
        (2, "answered", 9_000, 0),
    ]
    assert month() == (9_000, 0)
    assert not ProviderCall.objects.filter(ended_at=None).exists()


def test_an_answer_that_comes_after_the_lease_was_lost_is_not_booked_again(ask):
    stale = claimed(ask())
    call = stale.begin_call("one", model="m", worst_micros=20_000)
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    dispatch.reap()
    with pytest.raises(FenceLost), transaction.atomic():
        stale.record_step("one", output={}, call=call, cost_micros=9_000)
    assert LedgerEntry.objects.get().house_micros == 20_000
    assert month() == (0, WORST)


def test_a_crash_in_a_call_ends_it_as_unknown(ask, priced):
    def work(execution):
        execution.begin_call("one", model="m", worst_micros=20_000)
        raise ZeroDivisionError

    priced.work = work
    job = ask()
    with pytest.raises(ZeroDivisionError):
        run(job)
    assert job.calls.get().outcome == Outcome.UNKNOWN
    assert LedgerEntry.objects.get().house_micros == 20_000
    assert month() == (0, 0)


def test_more_than_was_set_aside_is_taken_from_what_the_account_has_left(ask):
    execution = claimed(ask())
    called(execution, "one", 55_000)
    called(execution, "two", 20_000)  # needs 15,000 more, of 40,000
    assert month() == (75_000, 0)
    assert Job.objects.get().spent_micros == 75_000


def test_a_job_beyond_all_that_is_left_stops_before_the_call_and_keeps_its_steps(ask, priced):
    def work(execution):
        called(execution, "one", 55_000)
        called(execution, "two", 50_000, worst=50_000)

    priced.work = work
    job = ask()
    run_due()
    job.refresh_from_db()
    assert (job.status, job.error["error_code"]) == ("failed", "budget_exceeded")
    assert [step.name for step in job.steps.all()] == ["one"]
    assert job.calls.count() == 1
    assert month() == (55_000, 0)


def test_what_a_call_costs_beyond_all_that_is_left_is_paid_by_the_house(ask):
    execution = claimed(ask())
    called(execution, "one", 100_001)
    assert month() == (60_000, 0)
    entry = LedgerEntry.objects.get()
    assert (entry.charged_micros, entry.house_micros) == (60_000, 40_001)
    assert execution.job.calls.get().cost_micros == 100_001


def test_units_take_their_shares_from_their_run(ask, project):
    job = ask()
    units = [Job(parent=job, account_id=job.account_id) for _ in range(3)]
    reserve_from_run(job, [(unit, 25_000) for unit in units])
    assert [unit.reserved_micros for unit in units] == [25_000, 25_000, 10_000]
    assert {tuple(unit.quotas) for unit in units} == {tuple(job.quotas)}
    assert Job.objects.get(pk=job.pk).reserved_micros == job.reserved_micros == 0


def test_a_canceled_run_gives_its_units_money_back(priced, project, account, monkeypatch):
    class Pair(runs.RunHandler):
        kind, label, target, request = "test.pair", "Pair", Project, Nothing

        def most_micros(self, target, request, *, writer):
            return 80_000

        def plan(self, job, units):
            of = {"kind": priced.kind, "writer": "model", "target_id": job.project_id}
            wanted = [runs.NewUnit(key=key, **of) for key in "ab"]
            return runs.Plan(done=0, total=2, units=wanted)

    monkeypatch.setitem(runs.registry._handlers, "test.pair", Pair())
    job = create_job(
        "test.pair", project=project, actor=project.owner, writer="model", target_id=project.pk
    )
    run(job)
    assert sorted(Job.objects.values_list("reserved_micros", flat=True)) == [0, 20_000, 60_000]
    assert month() == (0, 80_000)
    job.refresh_from_db()
    trees.cancel(job)
    assert month() == (0, 0)


def test_what_a_run_has_cost_includes_its_units(
    ask, priced, project, alice, monkeypatch, django_assert_num_queries
):
    class Trio(runs.RunHandler):
        kind, label, target, request = "test.trio", "Trio", Project, Nothing

        def most_micros(self, target, request, *, writer):
            return 90_000

        def plan(self, job, units):
            done = sum(unit.status == "completed" for unit in units)
            of = {"kind": priced.kind, "writer": "model", "target_id": job.project_id}
            wanted = [runs.NewUnit(key=key, **of) for key in "abc"]
            return runs.Plan(done=done, total=3, units=wanted, finished=done == 3)

    def work(execution):
        called(execution, "one", 9_000)
        with execution.completing():
            pass

    priced.work, priced.most_micros = work, lambda *_, **__: 30_000
    monkeypatch.setitem(runs.registry._handlers, "test.trio", Trio())
    job = create_job(
        "test.trio", project=project, actor=project.owner, writer="model", target_id=project.pk
    )
    url = f"/api/v1/jobs/{job.pk}"
    run(job)
    run(Job.objects.filter(parent=job).first())
    half = alice.get(url).json()
    assert (half["cost"]["spent_micros"], half["generation_cost"]) == (9_000, 0.009)
    assert half["cost"]["reserved_micros"] == 60_000, "what the units left still hold"
    run_due()
    for body in (alice.get(url).json(), alice.get(f"{url}/result").json()):
        assert body["status"] == "completed"
        assert body["cost"] == {
            "reserved_micros": 0,
            "spent_micros": 27_000,
            "currency": "USD",
        }
        assert body["generation_cost"] == 0.027
        assert body["usage"] == {"input_tokens": 9, "output_tokens": 0}
    listed = {row["id"]: row["cost"] for row in alice.get("/api/v1/jobs").json()["results"]}
    assert listed[str(job.pk)]["spent_micros"] == 27_000
    assert sorted(cost["spent_micros"] for cost in listed.values()) == [9_000, 9_000, 9_000, 27_000]
    with django_assert_num_queries(0):
        assert costs.of_units(Job.objects.filter(parent=job).none()) == {}
    page = alice.get(f"/projects/{project.pk}/jobs/{job.pk}").content.decode()
    assert "$0.0270, 9 tokens in, 0 out" in page


def test_free_work_costs_no_query_at_its_end_and_a_call_four(ask, priced):
    def queries(work):
        priced.work = work
        job = ask()
        with CaptureQueriesContext(connection) as captured:
            run(job)
        assert Job.objects.get(pk=job.pk).status == "completed"
        return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]

    def by_rules(execution):
        execution.record_step("one", output={})
        with execution.completing():
            pass

    def by_model(execution):
        called(execution, "one", 5_000)
        with execution.completing():
            pass

    priced.most_micros = lambda *_, **__: 0
    free = queries(by_rules)
    assert not any("money_" in sql or "providercall" in sql for sql in free)
    priced.most_micros = lambda *_, **__: WORST
    assert len(queries(by_model)) <= len(free) + 4


def test_the_ledger_equals_the_log_of_calls(ask, priced):
    def work(execution):
        for number in range(4):
            called(execution, f"step {number}", 2_345 + number)
        with execution.completing():
            pass

    priced.work = work
    for _ in range(3):
        ask()
        run_due()
    calls = ProviderCall.objects.aggregate(Sum("cost_micros"))["cost_micros__sum"]
    booked = LedgerEntry.objects.aggregate(c=Sum("charged_micros"), h=Sum("house_micros"))
    assert calls == booked["c"] + booked["h"] == month()[0] + booked["h"]


def test_the_door_answers_402_and_the_body_tells_the_cost(ask, alice, bob):
    job = ask()
    body = alice.get(f"/api/v1/jobs/{job.pk}").json()
    assert body["cost"] == {"reserved_micros": WORST, "spent_micros": 0, "currency": "USD"}
    assert body["generation_cost"] == 0
    job.cancel()
    ask()
    refused = alice.post(f"/api/v1/jobs/{job.pk}/retry")
    assert refused.status_code == 402
    problem = refused.json()
    assert (problem["error_code"], problem["needed"]) == ("SUBSCRIPTION_LIMIT_EXCEEDED", WORST)
    assert (problem["limit"], problem["spent"], problem["reserved"]) == (100_000, 0, WORST)
    theirs = bob.post(f"/api/v1/jobs/{job.pk}/retry").json()
    assert theirs["needed"] == WORST
    assert "limit" not in theirs


def test_a_worker_that_slept_beyond_its_lease_begins_no_call(ask):
    job = ask()
    job.claim()
    late = Execution(Job.objects.get(pk=job.pk))
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert dispatch.reap() == 1
    with pytest.raises(FenceLost):
        late.begin_call("write", model="scripted", worst_micros=WORST)
    assert not ProviderCall.objects.exists()


def test_a_call_that_began_without_our_hearing_of_it_is_booked_before_the_next_attempt(ask):
    job = ask()
    job.claim()
    execution = Execution(Job.objects.get(pk=job.pk))
    execution.begin_call("write", model="scripted", worst_micros=WORST)
    execution.call = None  # the database wrote it and went away before it said so
    execution.end(DatabaseUnavailable())
    job.refresh_from_db()
    assert job.status == "pending"
    assert ProviderCall.objects.get().outcome == Outcome.UNKNOWN
    entry = LedgerEntry.objects.get()
    assert (entry.charged_micros, entry.house_micros) == (0, WORST)
