"""Campaigns, their parties and the facts of backstories, for game masters and for players."""

from __future__ import annotations

import pytest

from storyforge.jobs.models import Job
from storyforge.projects.models import Membership
from tests.make import make
from worldgen.models import Campaign, Entity, GenerationRun, Location, PCFact, PlayerCharacter

pytestmark = pytest.mark.django_db


def test_a_campaign_is_made_changed_and_deleted_by_its_name(alice, whole):
    body = {"project": str(whole.project_id), "name": "Salt", "locks": {"banned_words": ["orc"]}}
    made = alice.post("/api/v1/campaigns", body)
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["status"], found["current_phase"], found["total_phases"]) == ("draft", "", 9)
    assert found["locks"] == {
        "tone": "", "banned_words": ["orc"], "naming_style": "", "facts": [],
    }  # fmt: skip
    one = f"/api/v1/campaigns/{found['id']}"
    assert alice.patch(one, {"tone": "wry"}).json()["tone"] == "wry"
    for wrong in ({"locks": {"banned": []}}, {"party_level": 21}, {"size": "huge"}):
        assert alice.patch(one, wrong).status_code == 400
    assert alice.post("/api/v1/campaigns", body).status_code == 400  # the name is taken
    assert alice.delete(one, {"name": "Pepper"}).status_code == 400
    assert alice.delete(one).status_code == 400
    assert alice.delete(one, {"name": "Salt"}).status_code == 204
    assert alice.get(one).status_code == 404


def test_other_wishes_make_what_was_written_stale_and_the_old_ones_make_it_fresh(alice, whole):
    one = f"/api/v1/campaigns/{whole.pk}"
    stale = Entity.objects.filter(campaign=whole, is_stale=True)
    Entity.objects.filter(campaign=whole, code="ent01").update(is_locked=True)
    assert alice.patch(one, {"name": "Another name"}).status_code == 200
    assert not stale.exists()
    assert alice.patch(one, {"premise": "A desert."}).status_code == 200
    assert set(stale.values_list("code", flat=True)) == set(
        Entity.objects.filter(campaign=whole).exclude(code="ent01").values_list("code", flat=True)
    )
    assert alice.patch(one, {"premise": whole.premise}).status_code == 200
    assert not stale.exists()
    assert alice.patch(one, {"locks": {"banned_words": ["orc"]}}).status_code == 200
    assert stale.exists()


def test_a_whole_world_is_deleted_with_its_campaign(alice, whole):
    answer = alice.delete(f"/api/v1/campaigns/{whole.pk}", {"name": whole.name})
    assert answer.status_code == 204, answer.content
    assert not Entity.objects.filter(campaign=whole.pk).exists()


@pytest.mark.parametrize(
    ("state", "job", "shown"),
    [("running", "running", "running"), ("running", "failed", "failed"), ("paused", "pending", "paused"),
     ("completed", "completed", "ready")],
)  # fmt: skip
def test_its_status_is_that_of_the_latest_run(alice, whole, state, job, shown):
    ended = {"completed_at": "2026-01-01T00:00:00Z"} if job in ("failed", "completed") else {}
    leased = {"lease_until": "2026-01-01T00:00:00Z"} if job == "running" else {}
    row = make(Job, whole.project, status=job, **ended, **leased)
    GenerationRun.objects.create(
        project=whole.project, campaign=whole, job=row, state=state, mode="full"
    )
    assert alice.get(f"/api/v1/campaigns/{whole.pk}").json()["status"] == shown


def test_players_see_neither_locks_nor_the_seed(alice, vera, whole):
    url = f"/api/v1/campaigns/{whole.pk}"
    assert set(alice.get(url).json()) - set(vera.get(url).json()) == {"locks", "random_seed"}
    for row in vera.get("/api/v1/campaigns").json()["results"]:
        assert not {"locks", "random_seed"} & set(row)


def test_one_of_the_party_is_added_changed_and_played_by_a_member(alice, url, whole):
    vera = Membership.objects.get(project=whole.project, role="viewer")
    body = {"name": "Ysolde", "level": 3, "goals": ["A ship."], "player": vera.pk}
    made = alice.post(url("player-characters"), body)
    assert made.status_code == 201, made.content
    assert (made.json()["code"], made.json()["player"]) == ("pc5", vera.pk)
    one = url("player-characters/pc5")
    assert alice.patch(one, {"player": None}).json()["player"] is None
    for wrong in (
        {"player": 10**9},
        {"goals": "A ship."},
        {"goals": [3]},
        {"level": 0},
        {"name": ""},
    ):
        answer = alice.patch(one, wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert [pc["code"] for pc in alice.get(url("player-characters")).json()["results"]] == [
        "pc1", "pc2", "pc3", "pc4", "pc5",
    ]  # fmt: skip
    assert alice.delete(one).status_code == 204


def test_who_leaves_the_party_leaves_no_tie(alice, url):
    answer = alice.delete(url("player-characters/pc1"))
    assert answer.status_code == 204, answer.content
    assert not PCFact.objects.filter(code__startswith="pc1f").exists()
    for entity in Entity.objects.all():
        assert entity.pc_id or entity.pc_connection == "none"
        assert not [code for code in entity.backstory_fact_ids if code.startswith("pc1f")]
    for place in Location.objects.all():
        assert bool(place.pc_id) == bool(place.pc_connection_detail)
    tied = Entity.objects.filter(pc=None).first().code
    assert alice.patch(url(f"tables/entities/{tied}"), {"voice": "Low."}).status_code == 200


def test_a_player_reads_the_backstory_of_their_own_character_only(alice, vera, url, whole):
    mine = PlayerCharacter.objects.get(campaign=whole, code="pc2")
    alice.patch(url("player-characters/pc2"), {"player": Membership.objects.get(role="viewer").pk})
    party = {pc["code"]: pc for pc in vera.get(url("player-characters")).json()["results"]}
    assert party["pc2"]["backstory"] == mine.backstory
    assert [code for code, pc in party.items() if "backstory" in pc] == ["pc2"]
    facts = vera.get(url("pc-facts")).json()["results"]
    assert {fact["pc"] for fact in facts} == {"pc2"}
    assert vera.get(url("pc-facts/pc1f1")).status_code == 403
    assert vera.get(url("pc-facts/pc2f1")).status_code == 200
    other = PlayerCharacter.objects.get(campaign=whole, code="pc1")
    for path in (f"/api/v1/player-characters/{other.pk}", "/api/v1/player-characters"):
        assert other.backstory not in vera.get(path).content.decode()
    preview = f"/api/v1/player-characters/{other.pk}/generate/world.pc_facts/preview"
    assert vera.post(preview).status_code == 403
    assert other.backstory in alice.post(preview).json()["text"]


def test_facts_are_added_changed_confirmed_and_deleted(alice, url):
    body = {"pc": "pc1", "kind": "debt", "text": "She owes Old Pell her life."}
    made = alice.post(url("pc-facts"), body)
    assert made.status_code == 201, made.content
    fact = made.json()
    assert (fact["code"], fact["origin"], fact["is_confirmed"]) == ("pc1f3", "user", True)
    assert alice.patch(url("pc-facts/pc1f3"), {"pc": "pc2"}).status_code == 400
    assert alice.patch(url("pc-facts/pc1f3"), {"must_use": False}).json()["must_use"] is False
    assert alice.post(url("pc-facts"), {**body, "pc": "pc9"}).status_code == 400
    assert alice.post(url("pc-facts"), {**body, "kind": "cheese"}).status_code == 400
    PCFact.objects.filter(code="pc1f1").update(origin="rules", is_confirmed=False)
    assert alice.post(url("pc-facts/pc1f1/confirm")).json()["is_confirmed"] is True
    assert alice.delete(url("pc-facts/pc1f3")).status_code == 204


def test_a_fact_that_is_all_that_ties_somebody_is_not_deleted(alice, url):
    person = next(e for e in Entity.objects.all() if len(e.backstory_fact_ids) == 1)
    answer = alice.delete(url(f"pc-facts/{person.backstory_fact_ids[0]}"))
    assert (answer.status_code, answer.json()["error_code"]) == (409, "row_in_use")
    assert person.code in [user["key"] for user in answer.json()["users"]]


def test_reading_a_backstory_again_keeps_what_people_wrote(alice, url, whole, finish):
    pc = PlayerCharacter.objects.get(campaign=whole, code="pc1")
    edited = alice.patch(url("pc-facts/pc1f1"), {"text": "She seeks Joss, her brother."}).json()
    story = "Mara swore to find her brother Joss. She owes Old Pell her life. Mara stole a ledger."
    alice.patch(url("player-characters/pc1"), {"backstory": story})
    job = finish(alice.post(url("player-characters/pc1/extract-facts"), {}))
    assert job.kind == "world.pc_facts"
    facts = {fact.code: fact for fact in PCFact.objects.filter(pc=pc)}
    assert facts["pc1f1"].text == edited["text"]
    new = [fact for code, fact in facts.items() if code not in ("pc1f1", "pc1f2")]
    assert new
    for fact in new:
        assert story[fact.span_start : fact.span_end] == fact.text
        assert (fact.origin, fact.is_confirmed) == ("rules", False)
    before = set(facts)
    finish(alice.post(url("player-characters/pc1/extract-facts"), {}))
    assert set(PCFact.objects.filter(pc=pc).values_list("code", flat=True)) == before


def test_a_stranger_finds_no_campaign(charlie, url):
    for path in ("tables", "tables/planes", "player-characters", "pc-facts", "tables/planes/pla01"):
        assert charlie.get(url(path)).status_code == 404
    assert charlie.get("/api/v1/campaigns").json()["results"] == []
    assert Campaign.objects.exists()
