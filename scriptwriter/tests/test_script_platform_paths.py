"""The paths of the script platform's document: the answers of the modern ones, slash or not."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from canon.models import Character
from conftest import ROOT
from scriptwriter.models import Scene, Script, ScriptVersion
from storyforge.jobs.models import Job
from tests.make import make

SLASHES = pytest.mark.parametrize("slash", ["", "/"])


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.fixture
def script(imported, generate):
    """A script of the small book's first chapter."""
    generate("script.adapt", imported.chapters.first())
    return Script.objects.get()


def same(client, path, modern):
    """Both paths answer alike, to the byte but for the request's id."""
    mine, other = client.get(path), client.get(modern)
    assert mine.status_code == other.status_code
    bodies = [{**answer.json(), "request_id": ""} for answer in (mine, other)]
    assert bodies[0] == bodies[1]
    return mine


@SLASHES
def test_a_job_from_its_creation_to_its_result(bob, imported, work, slash):
    body = {"kind": "plot.overview", "target": {"type": "book", "id": str(imported.pk)}}
    made = bob.post(f"/api/jobs/create{slash}", body)
    assert made.status_code == 202
    job_id = made.json()["job_id"]
    assert made["Location"] == f"/api/v1/jobs/{job_id}"
    status = same(bob, f"/api/jobs/{job_id}/status{slash}", f"/api/v1/jobs/{job_id}")
    assert status.json()["status"] == "pending"
    result = same(bob, f"/api/jobs/{job_id}/result{slash}", f"/api/v1/jobs/{job_id}/result")
    assert code(result) == (409, "job_not_finished")
    work()
    result = same(bob, f"/api/jobs/{job_id}/result{slash}", f"/api/v1/jobs/{job_id}/result")
    assert result.json()["result"]["created"]
    seen = bob.get(f"/api/jobs/{job_id}/status{slash}")
    again = bob.get(f"/api/jobs/{job_id}/status{slash}", headers={"If-None-Match": seen["ETag"]})
    assert again.status_code == 304


@SLASHES
def test_jobs_are_listed_and_canceled(bob, imported, slash):
    listed = bob.get(f"/api/jobs{slash}").json()["results"]
    assert listed == bob.get("/api/v1/jobs").json()["results"] != []
    body = {"kind": "plot.overview", "target": {"type": "book", "id": str(imported.pk)}}
    job_id = bob.post(f"/api/jobs/create{slash}", body).json()["job_id"]
    canceled = bob.post(f"/api/jobs/{job_id}/cancel{slash}")
    assert (canceled.status_code, canceled.json()["status"]) == (200, "canceled")


@SLASHES
def test_a_scene_is_written_anew(bob, script, finish, slash):
    scene = Scene.objects.first()
    key = {"Idempotency-Key": uuid.uuid4().hex}
    answers = [
        bob.post(f"/api/scenes/{scene.pk}/regenerate{slash}", {}, headers=key) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert finish(answers[0]).kind == "scene.write"


@SLASHES
def test_a_new_version_is_written_by_a_job(bob, script, finish, slash):
    before = ScriptVersion.objects.filter(script=script).count()
    job = finish(bob.post(f"/api/scripts/{script.pk}/create_version{slash}", {}))
    assert (job.kind, job.target_id) == ("script.adapt", script.chapter_id)
    assert ScriptVersion.objects.filter(script=script).count() == before + 1


def test_a_script_of_no_chapter_has_nothing_to_be_written_from(bob, vera, project):
    path = f"/api/scripts/{make(Script, project).pk}/create_version/"
    assert code(bob.post(path, {})) == (409, "state_conflict")
    assert code(vera.post(path, {})) == (403, "role_too_low")
    assert not Job.objects.exists()


@SLASHES
def test_characters_are_made_read_changed_and_deleted(bob, project, slash):
    made = bob.post(f"/api/characters{slash}", {"project": str(project.pk), "name": "Mara"})
    assert made.status_code == 201
    path = f"/api/characters/{made.json()['id']}{slash}"
    assert same(bob, path, f"/api/v1/characters/{made.json()['id']}").json()["name"] == "Mara"
    assert bob.put(path, {"name": "Mara Vane"}).json()["name"] == "Mara Vane"
    assert bob.get(f"/api/characters{slash}").json()["count"] == 1
    assert bob.delete(path).status_code == 204
    assert not Character.objects.exists()


def test_strangers_find_nothing_here_either(charlie, project, script):
    scene = Scene.objects.first()
    job = Job.objects.first()
    for method, path in [
        ("get", f"/api/jobs/{job.pk}/status/"),
        ("get", f"/api/jobs/{job.pk}/result/"),
        ("post", f"/api/jobs/{job.pk}/cancel/"),
        ("post", f"/api/scenes/{scene.pk}/regenerate/"),
        ("post", f"/api/scripts/{script.pk}/create_version/"),
    ]:
        assert code(getattr(charlie, method)(path)) == (404, "not_found")


def test_only_the_modern_paths_are_advertised():
    document = (Path(ROOT) / "docs" / "openapi.yaml").read_text("utf-8")
    paths = [line.strip() for line in document.splitlines() if line.startswith("  /")]
    assert len(paths) > 30
    assert all(path.startswith("/api/v1/") for path in paths)
