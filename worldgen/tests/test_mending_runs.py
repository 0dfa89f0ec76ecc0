"""Runs that mend what stands: repairs, and full runs over what other runs have left."""

from __future__ import annotations

import pytest

from storyforge.jobs import trees
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from worldgen import phases
from worldgen.answers.filling import MENDED
from worldgen.checking.checks import run_checks
from worldgen.models import (
    Entity,
    EntityFaction,
    EntityRelationship,
    Faction,
    PhaseRun,
    RosterLine,
)
from worldgen.rows import load
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import by_rules, new_campaign, write_phase

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def asked(campaign, finish, client, **wish):
    """A run asked for over the API, to its end."""
    url = f"/api/v1/campaigns/{campaign.pk}/runs"
    return finish(client.post(url, wish, format="json"))


def left(campaign):
    """What the checks find and a run can mend."""
    return [f for f in run_checks(load(campaign)) if f.code in MENDED]


def without_members(campaign):
    """Nobody belongs to the first faction any more; its code."""
    faction = Faction.objects.filter(campaign=campaign).order_by("code").first()
    EntityFaction.objects.filter(faction=faction).delete()
    assert ("W14", faction.code) in {(f.code, f.row) for f in left(campaign)}
    return faction


def model_calls(job):
    return [u.input for u in job.units.all() if u.writer == "model"]


def test_a_repair_by_rules_mends_what_the_checks_find(bob, whole, finish):
    faction = without_members(whole)
    job = asked(whole, finish, bob, mode="repair", writer="rules")
    assert left(whole) == []
    assert EntityFaction.objects.filter(faction=faction).exists()
    assert [f for f in job.result["findings"] if not f.startswith("W15")] == []
    assert not model_calls(job)


def test_a_repair_by_a_model_asks_it_for_the_rows_concerned_and_nothing_else(
    bob, whole, finish, settings
):
    use_model(settings, seed=5)
    faction = without_members(whole)
    told = bob.post(f"/api/v1/campaigns/{whole.pk}/estimate", {"mode": "repair"}, format="json")
    assert told.json()["calls"] == 1
    job = asked(whole, finish, bob, mode="repair", writer="model")
    assert left(whole) == []
    [call] = model_calls(job)
    assert (call["step"], call["table"]) == ("mend", "entity_factions")
    assert any(faction.code in words for said in call["notes"].values() for words in said)
    phase = PhaseRun.objects.get(run__job=job, phase="3C")
    assert (phase.state, phase.percent) == ("done", 100)


def test_a_repair_begins_no_phase_and_keeps_lines_that_are_still_to_be_written(
    bob, campaign, finish
):
    writer = by_rules(campaign)
    for code in ("1A", "1B", "1C"):
        write_phase(campaign, code, writer)
    RosterLine.objects.create(project=campaign.project, campaign=campaign, table_name="entities",
                              code="ent01", name="Old Tam", line="Keeps the ferry.")  # fmt: skip
    Faction.objects.filter(campaign=campaign, code="fac01").update(goals=[])
    before = {table: set(rows) for table, rows in load(campaign).tables.items()}
    asked(campaign, finish, bob, mode="repair", writer="rules")
    assert {table: set(rows) for table, rows in load(campaign).tables.items()} == before
    assert Faction.objects.get(campaign=campaign, code="fac01").goals  # what can be mended is
    assert not RosterLine.objects.get(campaign=campaign, code="ent01").is_dropped


def test_a_world_made_phase_by_phase_by_a_model_is_sound_after_a_full_run(campaign, settings):
    use_model(settings, seed=11, faults={"missing_field": 0.02, "unknown_code": 0.05})
    for phase in phases.PHASES:
        job = drive(start(campaign, mode="phase", phases=[phase.code]))
        assert job.status == "completed", job.error
    without_members(campaign)
    job = drive(start(campaign))
    assert job.status == "completed", job.error
    assert left(campaign) == []
    assert {call["step"] for call in model_calls(job)} <= {"mend", "rows", "repair"}


BY_MODEL = {"entity_relationships": "model"}  # and the rest by rules


def canceled_between_two_chunks(campaign):
    """The rows from which relations start in the only call that had ended when the run was canceled."""
    job = start(campaign, writer="rules", writers=BY_MODEL)
    chunks = Job.objects.filter(parent=job, input__table="entity_relationships")
    for _ in range(2_000):
        if chunks.filter(status="completed").exists():
            break
        waiting = Job.objects.filter(parent=job, status="pending").order_by("created_at", "pk")
        run(waiting.first() or Job.objects.get(pk=job.pk))
    assert chunks.count() > 1
    assert trees.cancel(Job.objects.get(pk=job.pk))
    drive(job)
    return chunks.get(status="completed").input["codes"]


def test_a_full_run_writes_the_relations_that_a_canceled_one_has_left(project, settings):
    campaign = new_campaign(project, size="standard")
    use_model(settings, seed=3)
    done = canceled_between_two_chunks(campaign)
    relations = EntityRelationship.objects.filter(campaign=campaign)
    before = set(relations.values_list("pk", flat=True))
    assert before
    job = drive(start(campaign, writer="rules", writers=BY_MODEL))
    assert job.status == "completed", job.error
    asked = {code for call in model_calls(job) for code in call["codes"]}
    everybody = set(Entity.objects.filter(campaign=campaign).values_list("code", flat=True))
    assert asked == everybody - set(done)
    assert before < set(relations.values_list("pk", flat=True))
    assert left(campaign) == []
    third = drive(start(campaign, writer="rules", writers=BY_MODEL))
    assert model_calls(third) == []
    assert "entity_relationships" not in set(third.units.values_list("input__table", flat=True))


def test_one_relation_by_hand_does_not_keep_a_run_from_writing_the_others(bob, campaign, finish):
    writer = by_rules(campaign)
    for phase in phases.PHASES[:-1]:
        write_phase(campaign, phase.code, writer)
    EntityRelationship.objects.filter(campaign=campaign).delete()
    body = {"from_entity": "ent01", "to_entity": "ent02", "relationship_type": "owes_life",
            "strength": 0.5, "trust": 0.5, "familiarity": 0.5, "is_secret": False,
            "description": "Since the flood."}  # fmt: skip
    url = f"/api/v1/campaigns/{campaign.pk}/tables/entity_relationships"
    answer = bob.post(url, body, format="json")
    assert answer.status_code == 201, answer.json()
    asked(campaign, finish, bob, writer="rules")
    rows = EntityRelationship.objects.filter(campaign=campaign)
    assert rows.filter(source="edited").count() >= 1
    assert rows.filter(source="rules").exclude(from_entity__code="ent01").count() >= 4


def test_a_full_run_asks_for_no_relation_of_an_imported_world(bob, whole, finish, settings):
    use_model(settings, seed=5)
    for model in phases.tables().values():
        model.objects.filter(campaign=whole).update(source="imported")
    job = asked(whole, finish, bob, writer="model")
    assert [call for call in model_calls(job) if call["step"] == "rows"] == []
