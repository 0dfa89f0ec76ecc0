"""Worlds out as files and in again: equal, whole or not at all, and for game masters only."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import post_save

from storyforge.core.acting import acting_as
from storyforge.jobs import registry
from storyforge.jobs.errors import CancelRequested
from storyforge.jobs.execution import Execution
from storyforge.jobs.models import Job
from storyforge.money.models import Account, Plan
from storyforge.projects.models import Membership
from storyforge.projects.roles import Role
from worldgen.exchange import staging
from worldgen.exchange.world_json import load_and_export
from worldgen.models import Campaign, Faction, Plane, WorldExport, WorldUpload
from worldgen.tests.api.conftest import refused

pytestmark = pytest.mark.django_db


def sent(client, project, content, **fields):
    text = content if isinstance(content, bytes) else json.dumps(content, default=str).encode()
    body = {"project": str(project.pk), "file": SimpleUploadedFile("w.json", text), **fields}
    return client.post("/api/v1/campaigns/import", body, format="multipart")


@pytest.fixture
def imported(taken):
    """Send a world file and do its job; what refused it at once, or the job."""
    return lambda client, project, content, **fields: taken(
        sent(client, project, content, **fields)
    )


def test_a_world_leaves_as_a_file_and_comes_back_equal(alice, vera, url, whole, finish, imported):
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
    assert (trial.result["campaign"], trial.result["issues"]) == (None, [])
    assert trial.result["duplicates"] == [
        {"id": str(whole.pk), "name": whole.name, "same_name": True, "same_content": True}
    ]
    taken = imported(alice, whole.project, answer.content)
    assert refused(taken)[0] == "state_conflict"
    named = sent(alice, whole.project, answer.content, name=whole.name)
    assert (named.status_code, named.json()["error_code"]) == (409, "state_conflict")
    made = imported(alice, whole.project, answer.content, name="The Bells Again")
    assert made.status == "completed", made.error
    again = Campaign.objects.get(pk=made.result["campaign"])
    assert made.result["rows"] == {t: len(rows) for t, rows in document["tables"].items()}
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


WORLD = json.dumps(small()).encode()


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
def test_what_is_no_world_is_refused_with_a_reason(alice, whole, imported, document):
    before = Campaign.objects.count()
    code, said = refused(imported(alice, whole.project, document))
    assert code in ("unreadable_world", "malformed_json", "validation_error")
    assert said
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
def test_one_bad_row_keeps_the_whole_world_out(alice, whole, imported, rows):
    before = (Campaign.objects.count(), Plane.objects.count())
    document = load_and_export(whole)
    document["tables"]["planes"] = [*document["tables"]["planes"], *rows]
    code, said = refused(imported(alice, whole.project, document, name="Salt"))
    assert code == "invalid_row"
    assert "planes" in said
    assert (Campaign.objects.count(), Plane.objects.count()) == before


def test_a_name_that_leads_nowhere_is_not_dropped_in_silence(alice, vera, whole, imported):
    document = load_and_export(whole)
    document["tables"]["planes"][0]["parent_plane"] = "The Hall of Nobody"
    job = imported(alice, whole.project, document, name="Salt")
    said = refused(job)[1]  # whatever names the plane follows it
    assert "rows are refused, and nothing is saved: planes pla01, parent plane; " in said
    assert "Nobody" not in vera.get(f"/api/v1/jobs/{job.pk}").content.decode()
    trial = imported(alice, whole.project, document, name="Salt", dry_run=True)
    assert trial.result["issues"][0]["field"] == "parent_plane"
    assert vera.get(f"/api/v1/jobs/{trial.pk}/result").status_code == 403
    assert not Campaign.objects.filter(name="Salt").exists()


def test_the_same_key_brings_a_world_once(alice, whole, work):
    answers = [
        alice.post(
            "/api/v1/campaigns/import",
            {"project": str(whole.project_id), "file": SimpleUploadedFile("w.json", WORLD)},
            format="multipart",
            headers={"Idempotency-Key": "salt"},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    work()
    assert Campaign.objects.filter(name="Salt").count() == 1


def test_a_staged_file_counts_until_its_job_ends_and_has_no_second_life(alice, whole, work):
    owner = whole.project.owner
    before = Account.of(owner.pk).stored_bytes
    job = sent(alice, whole.project, WORLD).json()
    assert Account.of(owner.pk).stored_bytes == before + len(WORLD)
    assert alice.post(job["cancel_url"]).status_code == 200
    assert Account.of(owner.pk).stored_bytes == before
    again = alice.post(f"/api/v1/jobs/{job['id']}/retry")
    assert (again.status_code, again.json()["error_code"]) == (409, "upload_gone")
    Plan.objects.filter(pk=Account.of(owner.pk).plan_id).update(storage_bytes=before + 5)
    full = sent(alice, whole.project, WORLD)
    assert full.json()["error_code"] == "storage_full", full.content
    assert work() == 0
    assert not Campaign.objects.filter(name="Salt").exists()


@pytest.mark.parametrize("heard", [True, False], ids=["between tables", "at the end"])
def test_a_cancel_while_rows_are_saved_leaves_nothing(alice, whole, heard):
    document = json.dumps(load_and_export(whole), default=str).encode()
    job = Job.objects.get(pk=sent(alice, whole.project, document, name="Salt").json()["id"])
    assert job.claim()
    execution = Execution(job)
    begun = []

    def cancel(instance, **_):
        begun.append(instance.name)
        if heard:  # as the beat does
            execution.interrupt(CancelRequested())

    assert alice.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 202
    post_save.connect(cancel, sender=Campaign)
    try:
        with acting_as(job.actor_id), pytest.raises(CancelRequested):
            registry.get(job.kind).run(execution)
    finally:
        post_save.disconnect(cancel, sender=Campaign)
    execution.end(CancelRequested())
    assert begun == ["Salt"]
    assert Job.objects.get(pk=job.pk).status == "canceled"
    assert not Campaign.objects.filter(name="Salt").exists()
    assert Plane.objects.exclude(campaign=whole).count() == 0
    assert not WorldUpload.objects.exists()


def test_a_file_that_is_too_large_is_not_read(alice, whole):
    large = sent(alice, whole.project, b"{" + b" " * staging.MOST_BYTES)
    assert (large.status_code, large.json()["error_code"]) == (413, "file_too_large")


def test_whoever_may_not_write_any_more_brings_nothing(carol, whole, work):
    job = sent(carol, whole.project, WORLD).json()["id"]
    Membership.objects.filter(project=whole.project, user__name="Carol").update(role=Role.VIEWER)
    work()
    assert Job.objects.get(pk=job).error["error_code"] == "permission_revoked"
    assert not Campaign.objects.filter(name="Salt").exists()
    assert not WorldUpload.objects.exists()


def test_the_page_brings_a_world_and_says_why_not(alice, vera, whole, work):
    page = f"/projects/{whole.project_id}/worlds/import"
    assert vera.get(page).status_code == 403
    assert "Nothing brought yet" in alice.get(page).content.decode()
    document = {**small(), "tables": {"planes": load_and_export(whole)["tables"]["planes"]}}
    document["tables"]["planes"][-1]["parent_plane"] = "The Hall of Nobody"
    for fields, said in (
        ({"dry_run": "on", "name": "Salt"}, "1 reason against it"),
        ({"name": "Salt"}, "1 row is refused"),
        ({"name": whole.name}, "give another one"),
    ):
        file = SimpleUploadedFile("w.json", json.dumps(document, default=str).encode())
        answer = alice.post(page, {"file": file, **fields}, format="multipart", follow=True)
        if answer.status_code == 200:
            work()
            answer = alice.get(answer.redirect_chain[-1][0])
        assert said in answer.content.decode()
    answer = alice.post(page, {"file": SimpleUploadedFile("w.json", WORLD)}, format="multipart")
    assert "Reading" not in alice.get(answer["Location"]).content.decode()
    work()
    assert "0 rows are there" in alice.get(answer["Location"]).content.decode()
