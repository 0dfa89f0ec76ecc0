"""The cast over the API: codes, confirmed fields, names."""

from __future__ import annotations

import pytest

from canon.models import Character, Evidence
from tests.make import make


@pytest.fixture
def body(project):
    return {"project": str(project.pk), "name": "Mara Vane"}


def test_each_character_gets_the_next_code(bob, body):
    codes = [bob.post("/api/v1/characters", body).json()["code"] for _ in range(3)]
    assert codes == ["c1", "c2", "c3"]


def test_a_code_is_never_taken_from_a_body(bob, body):
    made = bob.post("/api/v1/characters", {**body, "code": "c99", "mentions": 7}).json()
    assert (made["code"], made["mentions"]) == ("c1", 0)


def test_what_a_person_writes_is_confirmed_and_no_writer_changes_it(bob, body):
    made = bob.post("/api/v1/characters", {**body, "want": "A ship."}).json()
    assert made["field_state"]["want"]["status"] == "confirmed"
    row = Character.objects.get(pk=made["id"])
    assert not row.propose("want", "Gold.", source="rules", evidence=[])
    assert row.propose("need", "Peace.", source="rules", evidence=[Evidence(quote="peace")])
    assert (row.want, row.need) == ("A ship.", "Peace.")


def test_a_proposed_field_is_confirmed_as_it_stands(bob, project):
    row = make(Character, project)
    row.propose("goals", "To get home.", source="rules", evidence=[])
    row.save()
    bob.patch(f"/api/v1/characters/{row.pk}", {"confirm": ["goals"]})
    row.refresh_from_db()
    assert row.field_state["goals"]["status"] == "confirmed"
    assert row.goals == "To get home."
    assert not row.may_write("goals")


def test_sending_a_field_back_unchanged_confirms_nothing(bob, project):
    row = make(Character, project)
    row.propose("goals", "To get home.", source="rules", evidence=[])
    row.save()
    bob.patch(f"/api/v1/characters/{row.pk}", {"goals": "To get home."})
    row.refresh_from_db()
    assert row.field_state["goals"]["status"] == "proposed"


def test_only_fields_of_the_profile_are_confirmed(bob, project):
    row = make(Character, project)
    response = bob.patch(f"/api/v1/characters/{row.pk}", {"confirm": ["name"]})
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_error")


def test_a_character_never_moves_to_another_project(bob, alice, project):
    row = make(Character, project)
    other = alice.post("/api/v1/projects", {"name": "Second"}).json()["id"]
    alice.patch(f"/api/v1/characters/{row.pk}", {"project": other})
    row.refresh_from_db()
    assert row.project_id == project.pk


def test_the_cast_is_filtered(bob, project):
    lead = make(Character, project, role="protagonist")
    make(Character, project, role="minor")
    found = bob.get("/api/v1/characters", {"role": "protagonist"}).json()["results"]
    assert [row["id"] for row in found] == [str(lead.pk)]


def test_a_name_stands_once_at_a_character(bob, project):
    row = make(Character, project)
    body = {"project": str(project.pk), "character": str(row.pk), "text": "the captain"}
    assert bob.post("/api/v1/aliases", body).status_code == 201
    assert bob.post("/api/v1/aliases", body).status_code == 400
    assert bob.get(f"/api/v1/characters/{row.pk}").json()["aliases"] == ["the captain"]
