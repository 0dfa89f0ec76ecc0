"""A preview is what is sent, byte for byte; an estimate comes from the plan."""

from __future__ import annotations

import pytest

from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from worldgen import phases
from worldgen.generations import world_run
from worldgen.planning.plan import Order
from worldgen.prompting.previews import NothingToPreview, first_part, preview
from worldgen.runs.estimates import estimate
from worldgen.tests.model_worlds import start, use_model
from worldgen.tests.whole import new_campaign


def sent_first(campaign, provider, phase, monkeypatch):
    """The first request of a run of this phase."""
    tables = frozenset(phases.by_code(phase).tables)
    order = Order(writer="model", tables=tables, keep_rosters=True, parallel=1)
    monkeypatch.setattr(world_run, "order_of", lambda *_: order)
    job = start(campaign)
    assert run(job)
    unit = Job.objects.get(parent=job)
    provider.history.clear()
    assert run(unit)
    Job.objects.get(pk=job.pk).cancel()
    run(Job.objects.get(pk=job.pk))
    return provider.history[0]


def test_the_preview_of_each_phase_is_what_is_sent(whole, settings, monkeypatch):
    provider = use_model(settings, seed=3)
    for phase in phases.PHASES:
        told = preview(whole, first_part(whole, phase.code))
        assert told == sent_first(whole, provider, phase.code, monkeypatch), phase.code
        assert 0 < told.shared < len(told.prompt)


def test_the_preview_of_each_roster_is_what_is_sent(project, settings, monkeypatch):
    provider, campaign = use_model(settings, seed=3), new_campaign(project)
    order = Order(writer="model", writers={"facts": "rules"}, parallel=1)
    monkeypatch.setattr(world_run, "order_of", lambda *_: order)
    job, seen = start(campaign), []
    listed = [phase.code for phase in phases.PHASES if phase.has_roster]
    while seen != listed:
        assert run(Job.objects.get(pk=job.pk))
        unit = Job.objects.get(parent=job, status="pending")
        if unit.input["step"] == "roster":
            seen.append(unit.input["phase"])
            told = preview(campaign, first_part(campaign, seen[-1]))
            assert "List the rows of this phase" in told.prompt
            provider.history.clear()
        assert run(unit)
        if unit.input["step"] == "roster":
            assert provider.history == [told], seen


def test_the_roster_of_the_first_phase_comes_first(project, settings):
    use_model(settings, seed=3)
    campaign = new_campaign(project)
    told = preview(campaign, first_part(campaign, "1A"))
    assert "List the rows of this phase" in told.prompt
    assert campaign.premise in told.prompt
    assert campaign.premise not in told.system
    with pytest.raises(NothingToPreview) as refused:
        first_part(campaign, "2B")
    assert refused.value.code == "nothing_to_preview"


def test_an_estimate_says_what_a_world_takes(project, settings):
    use_model(settings, seed=3)
    campaign = new_campaign(project, size="standard")
    found = estimate(campaign, Order(writer="model"))
    assert 150 < found.calls < 220
    assert 120_000 < found.output_tokens < 160_000
    assert found.reserved_micros > found.cost_micros > found.cached_cost_micros > 0
    assert 3 < found.minutes < 5
    small = estimate(campaign, Order(writer="model"), budget_micros=1_000)
    assert small.reserved_micros == 1_000
    free = estimate(campaign, Order(writer="rules"))
    assert (free.calls, free.cost_micros, free.writer) == (0, 0, "rules")
