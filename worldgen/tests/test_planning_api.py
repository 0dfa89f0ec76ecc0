"""What a run would take and what a model would see, over the API; and what a budget stops."""

from __future__ import annotations

import pytest

from storyforge.jobs.models import Job
from storyforge.money.models import Account, Plan
from worldgen.generations import world_run
from worldgen.planning.plan import Order
from worldgen.rows import load
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import new_campaign


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def url(campaign, path):
    return f"/api/v1/campaigns/{campaign.pk}/{path}"


def test_bob_learns_what_a_world_would_cost_and_vera_does_not(bob, vera, campaign, settings):
    use_model(settings, seed=3)
    found = bob.post(url(campaign, "estimate"), {}).json()
    assert (found["writer"], found["model"], found["currency"]) == (
        "model",
        "claude-sonnet-5-5",
        "USD",
    )
    assert found["calls"] > 50
    assert found["cost_micros"] > found["cached_cost_micros"] > 0
    free = bob.post(url(campaign, "estimate"), {"writer": "rules"}).json()
    assert (free["calls"], free["reserved_micros"]) == (0, 0)
    mixed = bob.post(url(campaign, "estimate"), {"writer": "rules", "writers": {"planes": "model"}})
    assert 0 < mixed.json()["calls"] < 5
    assert bob.post(url(campaign, "estimate"), {"writers": {"x": "model"}}).status_code == 400
    assert vera.post(url(campaign, "estimate"), {}).status_code == 403
    assert not Job.objects.exists()


def test_the_minutes_of_an_estimate_mind_how_many_jobs_the_plan_runs_at_once(
    bob, campaign, settings
):
    use_model(settings, seed=3)
    minutes = {}
    for lanes in (2, 60):
        plan = Plan.objects.create(code=f"p{lanes}", name=f"{lanes}", monthly_micros=10**9,
                                   in_flight=lanes)  # fmt: skip
        Account.of(campaign.project.owner_id).put_on(plan)
        minutes[lanes] = bob.post(url(campaign, "estimate"), {}, format="json").json()["minutes"]
    assert minutes[2] > 3 * minutes[60]


def test_the_preview_of_a_phase_is_for_game_masters(bob, vera, campaign):
    found = bob.get(url(campaign, "phases/1A/preview")).json()
    assert campaign.premise in found["prompt"]
    assert found["schema"]["properties"]["lines"]
    assert bob.get(url(campaign, "phases/2B/preview")).json()["error_code"] == "nothing_to_preview"
    assert bob.get(url(campaign, "phases/9Z/preview")).status_code == 404
    assert vera.get(url(campaign, "phases/1A/preview")).status_code == 403


def test_nobody_asks_for_a_part_of_a_world(alice, campaign):
    answer = alice.post(
        url(campaign, "generate/world.phase1a"), {"step": "rows", "table": "planes"}
    )
    assert answer.status_code == 404
    assert not Job.objects.exists()


def test_a_run_pauses_at_its_budget_and_spends_no_more(campaign, settings, monkeypatch):
    use_model(settings, seed=3)
    tables = frozenset({"calendar_systems", "planes"})
    order = Order(writer="model", tables=tables)
    monkeypatch.setattr(world_run, "order_of", lambda *_: order)
    job = drive(start(campaign, budget_micros=60_000))
    assert job.paused_at is not None
    assert "budget" in job.progress_label
    spent = sum(job.units.values_list("spent_micros", flat=True))
    assert 0 < spent <= 60_000
    assert len(load(campaign).rows("planes")) < 3
