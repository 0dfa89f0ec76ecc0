"""A script is parsed in the web's process: what would keep it busy is refused before."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scriptwriter.models import Scene, Script
from scriptwriter.scripts import MOST_BYTES, MOST_LINES

pytestmark = pytest.mark.django_db


def bring(client, project, content):
    file = SimpleUploadedFile("a.fountain", content)
    body = {"project": str(project.pk), "file": file}
    return client.post("/api/v1/scripts/import", body, format="multipart")


@pytest.mark.parametrize(
    "content",
    [
        b"a" * (MOST_BYTES + 1),
        b".A\n\n" * (MOST_LINES // 2 + 1),
        b"[[a]]" * (MOST_LINES + 1),
        b"/*a*/" * (MOST_LINES // 2 + 1),
        b"\r" * (MOST_LINES + 1),
    ],
    ids=["bytes", "headings", "notes", "boneyards", "returns"],
)
def test_a_script_of_too_many_parts_is_refused(bob, project, content):
    answer = bring(bob, project, content)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "file_too_large")
    assert not Script.objects.exists()


def test_a_script_four_times_as_long_as_a_film_is_taken(bob, project):
    scene = b"INT. LAMP ROOM - NIGHT\n\n" + b"The lamp turns.\n\n" * 9 + b"MARA\nWait.\n\n"
    answer = bring(bob, project, scene * 1_000)
    assert answer.status_code == 201, answer.content
    assert Scene.objects.count() == 1_000
