"""Worlds that a model writes: whole in spite of its faults, and paused where a person must act."""

from __future__ import annotations

import pytest

from tests.scripted_model.worlds import CALL_FAULTS, ROW_FAULTS
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.keeping import fingerprint
from worldgen.keeping.rollback import roll_back
from worldgen.models import FactCitation, GenerationRun, ReferenceIssue, RosterLine, RowDraft
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


#: A world in three runs: each goes on from what the one before has left, and the last mends all.
RUNS = (
    {"mode": "phase", "phases": ["1A", "1B", "1C"]},
    {"mode": "phase", "phases": ["2A", "2B", "2C"]},
    {"mode": "full"},
)


def state(campaign):
    """All that a run may change: rows with their ids, roster lines, citations, drafts, open references."""
    lines = RosterLine.objects.filter(campaign=campaign).order_by("code")
    cited = FactCitation.objects.filter(campaign=campaign).order_by(
        "fact", "table_name", "row_id", "via"
    )
    open_ones = ReferenceIssue.objects.filter(campaign=campaign, resolution="open")
    return (
        fingerprint.of_world(campaign),
        list(lines.values_list("code", "name", "line", "position", "is_dropped", "is_edited")),
        list(cited.values_list("fact", "table_name", "row_id", "via")),
        RowDraft.objects.filter(campaign=campaign).count(),
        open_ones.count(),
    )


def insist(model):
    """Let it name a place that nobody knows for one building, however often it is asked: a stub comes of it."""
    plain = model.data

    def data(prompt, schema):
        found = plain(prompt, schema)
        for row in found.get("rows", ()):
            if row.get("code") == "bld02" or ("rows of buildings were refused" in prompt):
                row["location"] = "Nowhere Bay"
        return found

    model.data = data


@pytest.mark.parametrize("seed", [4])
def test_a_model_that_errs_makes_a_sound_world_all_the_same_and_it_can_be_undone(
    campaign, settings, seed
):
    provider = use_model(settings, seed=seed, faults=FAULTS)
    insist(provider.world)
    before, jobs = [], []
    for wish in RUNS:
        before.append(state(campaign))
        jobs.append(drive(start(campaign, **wish)))
        assert jobs[-1].status == "completed", jobs[-1].error
    sound(campaign)
    assert min(map(valid_share, jobs)) >= 0.97
    assert provider.world.spoiled > 10
    units = [unit for job in jobs for unit in job.units.all()]
    assert {unit.input["step"] for unit in units} >= {"repair", "settle"}
    assert any((unit.result or {}).get("stubs") for unit in units)
    for job, then in zip(reversed(jobs), reversed(before), strict=True):
        undoing = roll_back(GenerationRun.objects.get(job=job), actor_id=campaign.project.owner_id)
        assert undoing.kept == {}
        assert state(campaign) == then, job.input
