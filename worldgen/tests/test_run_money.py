"""What a run of a model may cost: set aside before it begins, and at no moment more than its limits."""

from __future__ import annotations

import pytest
from django.db.models import Case, F, Sum, When

from storyforge.ai.config import get_text_provider
from storyforge.jobs.models import Job
from storyforge.money.models import Account, Plan, Quota
from worldgen.generations import world_run
from worldgen.models import GenerationRun
from worldgen.planning.plan import Order
from worldgen.runs.estimates import estimate
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import new_campaign

TABLES = frozenset({"calendar_systems", "planes", "geography_regions", "historical_periods"})
ORDER = Order(writer="model", tables=TABLES)
FAULTS = {"missing_field": 0.2, "unknown_code": 0.2, "bad_json": 0.1, "overloaded": 0.1}


@pytest.fixture
def campaign(project, settings, monkeypatch):
    """A campaign whose world is four tables; alice may spend three dollars a month."""
    monkeypatch.setattr(world_run, "order_of", lambda *_: ORDER)
    plan = Plan.objects.create(code="test", name="Test", monthly_micros=3_000_000)
    Account.of(project.owner_id).put_on(plan)
    use_model(settings, seed=3, faults=FAULTS)
    return new_campaign(project)


def held_by(run):
    """What its parts have spent and set aside."""
    reserved = Case(When(status__in=Job.UNFINISHED, then=F("reserved_micros")), default=0)
    return Job.objects.filter(parent=run).aggregate(s=Sum(F("spent_micros") + reserved))["s"] or 0


@pytest.mark.parametrize("budget", [80_000, 200_000])
def test_at_every_call_spent_and_set_aside_are_within_budget_and_plan(campaign, budget):
    provider, seen = get_text_provider("default"), []
    job = start(campaign, budget_micros=budget)

    def look(_request):
        month = Quota.objects.get(account_id=campaign.project.owner_id, scope="month")
        seen.append((held_by(job), month.spent_micros + month.reserved_micros, month.limit_micros))

    provider.interfere = look
    job = drive(job)
    assert len(seen) >= 2
    assert max(held for held, _, _ in seen) <= budget
    assert all(used <= limit for _, used, limit in seen)
    assert held_by(job) <= budget
    assert "budget" in job.progress_label or job.is_terminal


def test_a_run_sets_its_estimate_aside_when_it_begins(campaign):
    job = start(campaign)
    assert job.reserved_micros == estimate(campaign, ORDER).reserved_micros > 0
    month = Quota.objects.get(account_id=campaign.project.owner_id, scope="month")
    assert (month.spent_micros, month.reserved_micros) == (0, job.reserved_micros)


def test_no_run_begins_whose_estimate_is_not_covered_or_not_known(bob, campaign, settings):
    url = f"/api/v1/campaigns/{campaign.pk}/runs"
    plan = Plan.objects.create(code="tiny", name="Tiny", monthly_micros=1_000)
    Account.of(campaign.project.owner_id).put_on(plan)
    answer = bob.post(url, {"writer": "model"}, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (402, "SUBSCRIPTION_LIMIT_EXCEEDED")
    use_model(settings, seed=3, model="a-model-without-a-price")
    answer = bob.post(url, {"writer": "model"}, format="json")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "unknown_price")
    assert not Job.objects.exists()
    assert not GenerationRun.objects.exists()
    assert not Quota.objects.exclude(spent_micros=0, reserved_micros=0).exists()
