"""Worlds out as files and in again: equal, whole or not at all, and for game masters only."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from worldgen.exchange.world_json import load_and_export
from worldgen.models import Campaign, Faction, Plane, WorldExport

pytestmark = pytest.mark.django_db


def imported(client, project, content, **fields):
    text = content if isinstance(content, bytes) else json.dumps(content, default=str).encode()
    body = {"project": str(project.pk), "file": SimpleUploadedFile("w.json", text), **fields}
    return client.post("/api/v1/campaigns/import", body, format="multipart")


def test_a_world_leaves_as_a_file_and_comes_back_equal(alice, vera, url, whole, finish):
    Plane.objects.filter(code="pla01").update(is_locked=True, extra={"song": "low"})
    Faction.objects.filter(code="fac01").update(revealed_fields=["goals"])
    job = finish(alice.post(url("export"), {"format": "json"}))
    (listed,) = alice.get(url("exports")).json()
    assert listed["job"] == str(job.pk)
    path = f"/api/v1/world-exports/{listed['id']}/file"
    answer = alice.get(path)
    assert answer["Content-Disposition"] == 'attachment; filename="the-drowned-bells.world.json"'
    document = json.loads(answer.content)
    for response in (vera.get(path), vera.get(url("exports")), vera.post(url("export"))):
        assert response.status_code == 403
    trial = imported(alice, whole.project, answer.content, dry_run=True)
    assert (trial.status_code, trial.json()["campaign"], trial.json()["issues"]) == (200, None, [])
    assert trial.json()["duplicates"] == [
        {"id": str(whole.pk), "name": whole.name, "same_name": True, "same_content": True}
    ]
    taken = imported(alice, whole.project, answer.content)
    assert (taken.status_code, taken.json()["error_code"]) == (409, "state_conflict")
    made = imported(alice, whole.project, answer.content, name="The Bells Again")
    assert made.status_code == 201, made.content
    again = Campaign.objects.get(pk=made.json()["campaign"])
    second = load_and_export(again)
    second["campaign"]["name"] = document["campaign"]["name"]
    assert json.loads(json.dumps(second, default=str)) == document
    assert Plane.objects.get(campaign=again, code="pla01").is_locked
    leaders = Faction.objects.filter(campaign=whole).values_list("code", "leader__code")
    assert set(Faction.objects.filter(campaign=again).values_list("code", "leader__code")) == set(
        leaders
    )
    assert {row["source"] for row in alice.get(
        f"/api/v1/campaigns/{again.pk}/tables/planes").json()["results"]} == {"imported"}  # fmt: skip


def test_a_world_leaves_as_a_document_to_print(alice, url, finish):
    finish(alice.post(url("export"), {"format": "markdown"}))
    listed = alice.get(url("exports")).json()[0]
    text = alice.get(f"/api/v1/world-exports/{listed['id']}/file").content.decode()
    assert text.startswith("# The Drowned Bells\n")
    assert "['" not in text
    assert "None\n" not in text


def test_only_the_last_files_are_kept(alice, url, whole, finish):
    for _ in range(6):
        finish(alice.post(url("export"), {}))
    assert WorldExport.objects.count() == 5


def small(**fields):
    campaign = {
        "name": "Salt", "premise": "", "genre": "", "tone": "", "technology_level": "",
        "magic_level": "low", "rules_system": "generic", "party_level": 1, "random_seed": 1,
        "size": "small", "locks": {}, "phase_mode": "nine",
    }  # fmt: skip
    return {"format": "storyforge-world", "version": 1, "campaign": campaign, **fields}


@pytest.mark.parametrize(
    "document",
    [
        b"", b"[]", b"null", b"{", b'"storyforge-world"', b"\xff\xfe", b"[" * 100_000,
        b'{"format": "storyforge-world", "version": NaN}',
        {"format": "storyforge-world", "version": 1},
        small(party=[{"code": "pc1", "name": ["x"]}]),
        small(party=[{"code": "pc1", "name": "A"}, {"code": "pc1", "name": "B"}]),
        small(party=[{"code": "pc1", "name": "A", "level": 99}]),
        small(party=[{"code": "'; DROP TABLE", "name": "A"}]),
        small(roster={"planes": [{"code": "pla01", "name": "x" * 5_000}]}),
        small(roster={"auth_user": []}), small(tables={"campaign": []}), small(tables={"planes": 3}),
        small(roster={"planes": [{"code": "pla01", "name": "A"}, {"code": "pla01", "name": "B"}]}),
        small(states={"planes": {"pla01": {"is_locked": "perhaps"}}}), small(more=1),
        {**small(), "campaign": {**small()["campaign"], "name": ""}},
        {**small(), "campaign": {**small()["campaign"], "random_seed": 2**63}},
        {**small(), "campaign": {**small()["campaign"], "project": "x"}},
    ],
    ids=range(23),
)  # fmt: skip
def test_what_is_no_world_is_refused_with_a_reason(alice, whole, document):
    before = Campaign.objects.count()
    answer = imported(alice, whole.project, document)
    assert answer.status_code in (400, 422), answer.content
    assert answer.json()["error_code"] in (
        "unreadable_world", "malformed_json", "validation_error",
    )  # fmt: skip
    assert answer.json()["detail"]
    assert Campaign.objects.count() == before


@pytest.mark.parametrize(
    "rows",
    [
        [3],
        [None],
        [{}],
        [{"code": "pla01"}],
        ["pla01"],
        [[[[]]]],
        [{"name": {"a": "b"}, "x": 1, "y": 2}],
    ],
)
def test_one_bad_row_keeps_the_whole_world_out(alice, whole, rows):
    before = (Campaign.objects.count(), Plane.objects.count())
    document = load_and_export(whole)
    document["tables"]["planes"] = [*document["tables"]["planes"], *rows]
    refused = imported(alice, whole.project, document, name="Salt")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "invalid_row")
    assert "planes" in {issue["table"] for issue in refused.json()["issues"]}
    assert (Campaign.objects.count(), Plane.objects.count()) == before


def test_a_name_that_leads_nowhere_is_not_dropped_in_silence(alice, whole):
    document = load_and_export(whole)
    document["tables"]["planes"][0]["parent_plane"] = "The Hall of Nobody"
    refused = imported(alice, whole.project, document, name="Salt")
    assert refused.json()["issues"][0]["field"] == "parent_plane"
