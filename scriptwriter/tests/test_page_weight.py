"""What a browser loads to write in a script as long as a film."""

from __future__ import annotations

import gzip

import pytest

from scriptwriter.scripts import import_fountain
from tests.test_static_assets import KB, VENDOR, weight

pytestmark = pytest.mark.django_db
SCENES = 120
WORDS = "The keeper counts the boats that have not come back, and writes the number down. " * 12


def test_a_script_of_feature_length_opens_with_less_than_240_kb(client, project):
    scenes = "\n\n".join(
        f"INT. LIGHTHOUSE, ROOM {n} - NIGHT\n\n{WORDS}\n\nHARRIET\nNumber {n}."
        for n in range(SCENES)
    )
    script = import_fountain(
        project, author=project.owner, filename="film.fountain", content=scenes.encode()
    )
    client.force_login(project.owner)
    path = f"/projects/{project.pk}/scripts/{script.pk}"
    page = client.get(path, headers={"accept-encoding": "gzip"})
    assert (page.status_code, page["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(page.content).count(b'class="scene-link"') == SCENES
    # Latin letters only: the browser takes the font of the others where a text has any.
    others = (VENDOR / "courier-prime-latin-ext-400-normal.woff2").stat().st_size
    assert weight("scripts/detail.html") - others + len(page.content) < 240 * KB


def test_answers_of_the_api_are_not_compressed(client, project):
    client.force_login(project.owner)
    answer = client.get("/api/v1/projects", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer
