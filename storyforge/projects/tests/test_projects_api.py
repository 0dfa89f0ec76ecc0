"""A project: started with its owner, changed against its version, deleted with all it holds."""

from __future__ import annotations

import pytest

from scriptwriter.models import Script
from scriptwriter.scripts import new_script
from storyforge.jobs.models import Job
from storyforge.projects.models import Membership, Project
from tests.make import content_models, make_world


def test_whoever_starts_a_project_owns_it(charlie):
    made = charlie.post("/api/v1/projects", {"name": "The Road"}).json()
    assert made["name"] == "The Road"
    assert charlie.get("/api/v1/projects").json()["results"][0]["role"] == "owner"
    assert Membership.objects.get(user=charlie.user).role == "owner"


def test_each_sees_their_own_role(alice, vera, project):
    for client, role in ((alice, "owner"), (vera, "viewer")):
        assert client.get(f"/api/v1/projects/{project.pk}").json()["role"] == role


def test_nobody_gives_a_project_away_by_a_body(alice, bob, project):
    body = {"name": "Renamed", "owner": bob.user.pk, "id": "0" * 32, "role": "viewer"}
    alice.patch(f"/api/v1/projects/{project.pk}", body)
    found = Project.objects.get()
    assert (found.pk, found.owner, found.name) == (project.pk, project.owner, "Renamed")


def test_a_stale_rename_is_refused(alice, project):
    url = f"/api/v1/projects/{project.pk}"
    etag = alice.get(url)["ETag"]
    assert alice.patch(url, {"name": "One"}, headers={"If-Match": etag}).status_code == 200
    late = alice.patch(url, {"name": "Two"}, headers={"If-Match": etag})
    assert (late.status_code, late.json()["error_code"]) == (412, "stale_edit")
    fresh = alice.patch(url, {"name": "Two"}, headers={"If-Match": late.json()["current_etag"]})
    assert fresh.status_code == 200
    assert alice.patch(url, {"name": "Three"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.django_db
def test_a_deleted_project_leaves_nothing_behind(alice, project):
    make_world(project)
    new_script(project=project, title="Locked", set_genre="noir")
    other = Project.start(alice.user, name="Second")
    make_world(other)
    assert alice.delete(f"/api/v1/projects/{project.pk}").status_code == 204
    for model in content_models():
        assert set(model.objects.values_list("project", flat=True)) == {other.pk}, model
    assert Script.objects.count() == 1
    assert Job.objects.filter(project=other).count() == 1
