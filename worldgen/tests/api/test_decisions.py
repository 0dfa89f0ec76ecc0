"""Lock, accept and reveal; links; checks, coverage, drafts, doubtful references and rosters."""

from __future__ import annotations

import pytest

from canon.models import Character
from worldgen import phases
from worldgen.models import Entity, Plane, QuestHook, ReferenceIssue, RosterLine, RowDraft
from worldgen.tests.whole import new_run

pytestmark = pytest.mark.django_db


def test_a_row_is_locked_and_unlocked_and_its_revision_moves(alice, url):
    before = alice.get(url("tables/planes/pla01")).json()
    locked = alice.post(url("tables/planes/pla01/lock")).json()
    assert (locked["is_locked"], locked["revision"]) == (True, before["revision"] + 1)
    assert alice.post(url("tables/planes/pla01/lock")).json()["revision"] == locked["revision"]
    assert alice.post(url("tables/planes/pla01/unlock")).json()["is_locked"] is False
    many = alice.post(url("rows/lock"), {"phase": "1A"}).json()
    wanted = sum(m.objects.count() for m in phases.by_code("1A").models)
    assert many == {"rows": wanted, "characters": [], "findings": []}
    assert (
        alice.post(url("rows/unlock"), {"table": "planes", "keys": ["pla01"]}).json()["rows"] == 1
    )


@pytest.mark.parametrize(
    "body",
    [{}, {"phase": "1A", "table": "planes"}, {"phase": "9Z"}, {"phase": "1A", "keys": ["x"]}],
)
def test_many_rows_are_named_in_one_way(alice, url, body):
    assert alice.post(url("rows/lock"), body).status_code == 400
    assert alice.post(url("rows/burn"), {"phase": "1A"}).status_code == 404


def test_accepted_people_of_standing_join_the_canon_without_their_secrets(alice, vera, url, whole):
    person = Entity.objects.filter(importance="major", entity_type="npc").first()
    known = Character.objects.create(
        project=whole.project, code="c1", name=person.name.upper(), voice="Like gravel.",
        field_state={"voice": {"status": "confirmed", "source": "author", "evidence": []}},
    )  # fmt: skip
    done = alice.post(url("rows/accept"), {"table": "entities"}).json()
    assert done["findings"] == []
    assert done["rows"] == Entity.objects.count()
    joined = Entity.objects.filter(canon_character__isnull=False)
    assert {str(e.canon_character_id) for e in joined} == set(done["characters"])
    standing = Entity.objects.filter(
        importance__in=("major", "supporting"), entity_type__in=("npc", "historical_figure")
    )
    assert joined.count() == standing.count()
    known.refresh_from_db()
    assert Entity.objects.get(pk=person.pk).canon_character_id == known.pk
    assert (known.voice, known.physical_description) == ("Like gravel.", person.appearance)
    told = vera.get("/api/v1/characters?page_size=100").content.decode()
    for entity in standing:
        for secret in (entity.gm_secret, *entity.goals, *entity.fears):
            assert not secret or secret not in told
    count = Character.objects.count()
    again = alice.post(url("rows/accept"), {"table": "entities"}).json()
    assert (again["rows"], Character.objects.count()) == (Entity.objects.count(), count)


def test_what_the_checks_find_keeps_a_row_from_being_accepted(alice, url):
    Plane.objects.filter(code="pla02").update(is_home=True, plane_type="material")
    answer = alice.post(url("tables/planes/pla02/accept"))
    assert (answer.status_code, answer.json()["error_code"]) == (409, "checks_not_passed")
    assert [f["code"] for f in answer.json()["findings"]] == ["W06"]
    bulk = alice.post(url("rows/accept"), {"table": "planes"}).json()
    assert bulk["rows"] == Plane.objects.count() - 1
    assert Plane.objects.get(code="pla02").row_state == "valid"
    report = alice.post(url("checks")).json()
    assert "W06" in [f["code"] for f in report["findings"]]
    assert alice.get(url("checks")).json() == report


def test_a_hidden_row_and_a_secret_field_are_revealed_and_hidden_again(alice, vera, url):
    quest = url("tables/quest_hooks/qst01")
    assert vera.get(quest).status_code == 404
    assert alice.post(f"{quest}/reveal", {}).json()["is_revealed"] is True
    seen = vera.get(quest).json()
    secret = sorted(QuestHook.gm_fields)[0].partition("[")[0]
    assert secret not in seen or "[]" in sorted(QuestHook.gm_fields)[0]
    shown = alice.post(f"{quest}/reveal", {"fields": [sorted(QuestHook.gm_fields)[0]]})
    assert shown.json()["is_revealed"] is True
    assert secret in vera.get(quest).json()
    assert alice.post(f"{quest}/reveal", {"fields": ["name"]}).status_code == 400
    alice.post(f"{quest}/reveal", {"is_revealed": False, "fields": []})
    assert vera.get(quest).status_code == 404
    assert alice.post(url("rows/reveal"), {"table": "quest_hooks", "is_revealed": True}).json()[
        "rows"
    ]
    assert vera.get(quest).status_code == 200


def test_links_lead_both_ways_and_players_see_no_hidden_end(alice, vera, url):
    person = Entity.objects.exclude(race=None).first()
    found = alice.get(url(f"tables/entities/{person.code}/links")).json()
    assert {
        "field": "race",
        "table": "races",
        "key": person.race.code,
        "name": person.race.name,
    } in (found["names"])
    back = alice.get(url(f"tables/races/{person.race.code}/links")).json()["named_by"]
    assert (person.code, "race") in {(row["key"], row["field"]) for row in back}
    tables = {
        row["table"]
        for row in vera.get(url(f"tables/entities/{person.code}/links")).json()["named_by"]
    }
    assert not tables & {"quest_entities", "encounter_entities", "quest_hooks"}


def draft(whole, **fields):
    values = {"table_name": "planes", "row_key": "pla01", "kind": "candidate", "issues": []}
    return RowDraft.objects.create(
        project=whole.project, campaign=whole, table_run=new_run(whole), **{**values, **fields}
    )


def test_a_candidate_is_adopted_field_by_field_even_into_a_locked_row(alice, vera, url, whole):
    plane = alice.post(url("tables/planes/pla01/lock")).json()
    payload = {**{n: plane[n] for n in ("name", "summary", "hazards")}, "code": "pla01"}
    one = draft(whole, payload={**payload, "name": "Cinder", "summary": "Ash."})
    listed = alice.get(url("drafts?kind=candidate")).json()["results"]
    assert [row["id"] for row in listed] == [str(one.pk)]
    beside = alice.get(f"/api/v1/drafts/{one.pk}").json()
    assert (beside["differing"], beside["current"]["name"]) == (["name", "summary"], plane["name"])
    taken = alice.post(f"/api/v1/drafts/{one.pk}/adopt", {"fields": ["summary"]})
    assert taken.status_code == 200, taken.content
    assert (taken.json()["summary"], taken.json()["name"]) == ("Ash.", plane["name"])
    assert RowDraft.objects.filter(pk=one.pk).exists()
    assert alice.post(f"/api/v1/drafts/{one.pk}/adopt").json()["name"] == "Cinder"
    assert not RowDraft.objects.filter(pk=one.pk).exists()
    assert vera.get(url("drafts")).status_code == 403


def test_an_invalid_row_becomes_one_once_it_is_mended(alice, url, whole):
    plane = alice.get(url("tables/planes/pla01")).json()
    names = [f.name for f in phases.writable(Plane)]
    payload = {n: plane[n] for n in names} | {"code": "pla77", "name": "Cinder", "gravity": "soft",
                                              "is_home": False}  # fmt: skip
    one = draft(whole, payload=payload, kind="invalid", row_key="pla77")
    refused = alice.post(f"/api/v1/drafts/{one.pk}/adopt")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "invalid_row")
    made = alice.post(f"/api/v1/drafts/{one.pk}/adopt", {"changes": {"gravity": "light"}})
    assert made.status_code == 200, made.content
    assert (made.json()["code"], made.json()["source"]) == ("pla77", "edited")
    two = draft(whole, payload=payload, kind="invalid", row_key="pla78")
    assert alice.post(f"/api/v1/drafts/{two.pk}/discard").status_code == 204
    assert not RowDraft.objects.exists()


def test_a_doubtful_reference_is_settled_with_one_of_its_candidates(alice, vera, url, whole):
    run = new_run(whole).phase_run.run
    issue = ReferenceIssue.objects.create(
        project=whole.project, campaign=whole, run=run, table_name="planes", row_key="pla02",
        field="parent_plane", raw_value="The one above", reason="unknown", step=6,
        resolution="open", candidates=["pla01"],
    )  # fmt: skip
    Plane.objects.update(parent_plane=None)
    listed = alice.get(url("issues?resolution=open")).json()["results"]
    name = Plane.objects.get(code="pla01").name
    assert listed[0]["candidates"] == [{"code": "pla01", "name": name}]
    done = alice.post(f"/api/v1/issues/{issue.pk}/resolve", {"code": "pla01"})
    assert done.json()["resolution"] == "user"
    assert Plane.objects.get(code="pla02").parent_plane.code == "pla01"
    ReferenceIssue.objects.filter(pk=issue.pk).update(row_key="pla99", resolution="open")
    gone = alice.post(f"/api/v1/issues/{issue.pk}/resolve", {"code": "pla01"})
    assert gone.status_code == 409
    assert alice.post(f"/api/v1/issues/{issue.pk}/resolve", {}).json()["resolution"] == "user"
    assert vera.get(url("issues")).status_code == 403


def test_a_roster_is_changed_before_its_rows_are_written(alice, vera, url, whole):
    RosterLine.objects.create(
        project=whole.project, campaign=whole, table_name="planes", code="pla55", name="Ember"
    )
    body = {"lines": [{"code": "pla55", "name": "Cinder", "is_dropped": True}],
            "add": [{"table": "planes", "name": "Soot", "line": "Where ash goes."}]}  # fmt: skip
    lines = {line["code"]: line for line in alice.patch(url("roster"), body).json()}
    assert (lines["pla55"]["name"], lines["pla55"]["is_dropped"]) == ("Cinder", True)
    assert lines["pla56"]["name"] == "Soot"
    for wrong in (
        {"lines": [{"code": "pla99", "name": "x"}]},
        {"lines": [{"code": "pla56", "name": "Mara"}]},
        {"add": [{"table": "planes", "name": lines["pla01"]["name"].upper()}]},
    ):
        answer = alice.patch(url("roster"), wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "invalid_row"), wrong
    written = alice.patch(url("roster"), {"lines": [{"code": "pla01", "name": "x"}]})
    assert written.status_code == 409
    assert {line["table"] for line in alice.get(url("roster?phase=1B")).json()} == set(
        phases.by_code("1B").tables
    )
    assert vera.get(url("roster")).status_code == 403


def test_coverage_says_where_each_fact_turns_up(alice, vera, url):
    found = alice.get(url("coverage")).json()
    assert found["missing"] == {}
    assert all(found["facts"].values())
    assert found["names"]["pc1"] == "Mara"
    assert vera.get(url("coverage")).status_code == 403
    assert vera.get(url("checks")).status_code == 403
