"""A scene that somebody took out of the script while another was looking at it."""

from __future__ import annotations

import pytest

from scriptwriter import versions
from scriptwriter.models import SceneCard
from scriptwriter.scripts import import_fountain
from scriptwriter.versions import By, ScenePart
from storyforge.core.errors import StateConflict

FOUNTAIN = b"INT. INN - NIGHT\n\nRain.\n\nEXT. HARBOR - DAY\n\nThe boat waits.\n"


@pytest.fixture
def gone(project):
    """A scene of the first version that the second no longer has."""
    script = import_fountain(project, author=project.owner, filename="a.fountain", content=FOUNTAIN)
    kept, gone = (placed.scene for placed in versions.tree(versions.head(script)))
    part = ScenePart(text="INT. INN - NIGHT\n\nRain.\n", card=SceneCard(), scene=kept)
    versions.add_version(script, [part], by=By(author=project.owner), message="Shorter")
    return gone


def test_it_is_not_found(bob, gone):
    assert bob.get(f"/api/v1/scenes/{gone.pk}").status_code == 404
    assert bob.patch(f"/api/v1/scenes/{gone.pk}", {"content": "Still here."}).status_code == 404


def test_an_edit_that_was_under_way_is_refused(gone, project):
    with pytest.raises(StateConflict, match="newest version"):
        versions.edit_scene(gone, text="Still here.", card=SceneCard(), author=project.owner)


def test_writing_it_anew_fails_in_plain_words(bob, gone, work):
    job = bob.post(f"/api/v1/scenes/{gone.pk}/regenerate", {}).json()
    work()
    ended = bob.get(f"/api/v1/jobs/{job['id']}").json()
    assert (ended["status"], ended["error"]["error_code"]) == ("failed", "state_conflict")
