"""Worlds that a model writes: whole in spite of its faults, and paused where a person must act."""

from __future__ import annotations

import pytest

from tests.scripted_model.worlds import CALL_FAULTS, ROW_FAULTS
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.rows import load
from worldgen.tests.model_worlds import drive, start, use_model, valid_share
from worldgen.tests.whole import new_campaign

FAULTS = {**CALL_FAULTS, **ROW_FAULTS}


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def sound(campaign):
    """Everything that the checks hold, and what the backstories ask for."""
    world = load(campaign)
    seen = coverage(world)
    assert [f for f in run_checks(world) if f.code != "W15"] == []
    assert not seen.orphans
    assert not seen.missing
    assert all(seen.facts[fact.code] for fact in world.facts if fact.must_use)


def test_a_model_that_makes_no_mistake_makes_a_sound_world(campaign, settings):
    use_model(settings, seed=3)
    job = drive(start(campaign))
    assert (job.state, job.error) == ("completed", None)
    assert job.result["lacking"] == {}
    sound(campaign)
    assert valid_share(job) == 1.0


@pytest.mark.parametrize("seed", [4])
def test_a_model_that_errs_makes_a_sound_world_all_the_same(campaign, settings, seed):
    use_model(settings, seed=seed, faults=FAULTS)
    job = drive(start(campaign))
    assert job.status == "completed", job.error
    sound(campaign)
    assert valid_share(job) >= 0.97
