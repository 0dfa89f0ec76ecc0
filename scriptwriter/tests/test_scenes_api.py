"""Editing scenes: nobody's words are lost."""

from __future__ import annotations

import pytest

from scriptwriter.models import SceneRevision, ScriptVersion
from scriptwriter.scripts import import_fountain

FOUNTAIN = b"""Title: The Road

INT. INN - NIGHT

MARA
You are late.

EXT. HARBOR - DAY

The boat waits.
"""


@pytest.fixture
def script(project):
    return import_fountain(
        project, author=project.owner, filename="road.fountain", content=FOUNTAIN
    )


@pytest.fixture
def scene(script):
    return script.versions.first().tree.first()


def url(scene):
    return f"/api/v1/scenes/{scene.scene_id}"


def test_a_fountain_file_becomes_scenes(bob, script):
    rows = bob.get(f"/api/v1/scenes?version__script={script.pk}").json()["results"]
    assert [r["setting"] for r in rows] == ["INT. INN - NIGHT", "EXT. HARBOR - DAY"]
    assert "You are late." in rows[0]["content"]


def test_an_edit_opens_a_draft_and_later_edits_flow_into_it(bob, script, scene):
    for text in ("INT. INN - NIGHT\n\nOne.\n", "INT. INN - NIGHT\n\nTwo.\n"):
        assert bob.patch(url(scene), {"content": text}).status_code == 200
    draft = script.versions.first()
    assert (draft.number, draft.is_draft) == (2, True)
    assert bob.get(url(scene)).json()["content"].endswith("Two.\n")
    assert SceneRevision.objects.filter(scene=scene.scene_id).count() == 3


def test_a_stale_edit_is_refused_and_shows_the_other_text(bob, alice, scene):
    etag = bob.get(url(scene))["ETag"]
    alice.patch(url(scene), {"content": "Alice was here.\n"})
    response = bob.patch(url(scene), {"content": "Bob too.\n"}, headers={"If-Match": etag})
    assert response.status_code == 412
    assert response.json()["error_code"] == "stale_edit"
    assert response.json()["current_text"] == "Alice was here.\n"
    assert bob.get(url(scene)).json()["content"] == "Alice was here.\n"


def test_two_people_never_share_a_draft(bob, alice, script, scene):
    bob.patch(url(scene), {"content": "Bob.\n"})
    alice.patch(url(scene), {"content": "Alice.\n"})
    drafts = [(v.number, v.is_draft) for v in script.versions.all()]
    assert drafts == [(3, True), (2, False), (1, False)]


def test_the_same_text_again_makes_nothing(bob, script, scene):
    text = bob.get(url(scene)).json()["content"]
    bob.patch(url(scene), {"content": text})
    assert script.versions.count() == 1


def test_card_fields_are_saved_with_the_scene(bob, scene):
    body = {"goal": "Get away.", "tension": 0.7, "tone": "wry"}
    assert bob.patch(url(scene), body).json()["goal"] == "Get away."
    assert bob.get(url(scene)).json()["tension"] == 0.7
    assert bob.patch(url(scene), {"tension": 7}).status_code == 400


def test_restoring_makes_a_new_version_and_destroys_none(bob, script, scene):
    first = script.versions.first()
    bob.patch(url(scene), {"content": "Changed.\n"})
    response = bob.post(f"/api/v1/versions/{first.pk}/restore/")
    assert response.status_code == 201
    assert response.json()["number"] == 3
    assert "You are late." in bob.get(url(scene)).json()["content"]
    assert ScriptVersion.objects.filter(script=script).count() == 3


def test_sealing_a_draft_gives_it_a_name(bob, script, scene):
    bob.patch(url(scene), {"content": "Changed.\n"})
    response = bob.post(f"/api/v1/scripts/{script.pk}/create_version/", {"message": "Second draft"})
    assert response.status_code == 201
    version = script.versions.first()
    assert (version.message, version.is_draft) == ("Second draft", False)


def test_a_revision_never_changes(scene):
    revision = scene.revision
    revision.text = "Rewritten history."
    with pytest.raises(RuntimeError, match="immutable"):
        revision.save()


def test_all_takes_are_kept(bob, scene):
    bob.patch(url(scene), {"content": "Another.\n"})
    takes = bob.get(f"{url(scene)}/takes").json()
    assert [t["content"] for t in takes] == ["Another.\n", scene.revision.text]
