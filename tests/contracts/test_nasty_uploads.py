"""Hostile and broken files through the real door: uploaded, imported by a job, shown on a page.

The limit of memory is that of the process that takes the upload and does the job, and of the one that
reads the file.
"""

from __future__ import annotations

import lzma
import os
import resource
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SHARED
from scriptwriter.models import Book
from storyforge.jobs.models import Job
from tests.contracts.nasty_files import Becomes, files

GIB = 1 << 30
REFUSALS = {"unreadable_file", "file_too_large", "unsupported_format", "body_too_large"}
NASTY = SHARED / "data" / "nasty"
COLLECTED = sorted(p for p in NASTY.rglob("*") if p.is_file()) if NASTY.is_dir() else []
pytestmark = pytest.mark.django_db


def peak(who):
    """The most memory a process of this sort has had so far, in bytes."""
    return resource.getrusage(who).ru_maxrss * 1024


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def upload(client, project, filename, content):
    body = {"project": str(project.pk), "file": SimpleUploadedFile(filename, content)}
    return client.post("/api/v1/books", body, format="multipart")


def imported(client, project, work, filename, content):
    """The book and its warnings, or None and the code of the refusal."""
    answer = upload(client, project, filename, content)
    if answer.status_code != 202:
        assert 400 <= answer.status_code < 500, answer.content
        return None, answer.json()["error_code"]
    work()
    job = Job.objects.get(pk=answer.json()["id"])
    book = Book.objects.get(pk=job.target_id)
    page = client.get(reverse("book", args=[project.pk, book.pk]))
    assert page.status_code == 200
    if job.status == Job.Status.FAILED:
        assert job.error["message"]
        return None, job.error["error_code"]
    assert job.status == Job.Status.COMPLETED
    for chapter in book.chapters.all()[:3]:
        where = reverse("chapter", args=[project.pk, book.pk, chapter.pk])
        assert client.get(where).status_code == 200
    return book, list(book.warnings)


def bounded(record_property, before):
    """Hold the process that reads, and this one, to a gigabyte; what the test itself holds aside."""
    own, reader = resident(), peak(resource.RUSAGE_CHILDREN)
    record_property("MB of the reader", reader // 2**20)
    assert reader <= GIB
    assert own - before <= GIB // 2


@pytest.mark.parametrize("nasty", files(), ids=lambda n: n.name)
def test_a_nasty_file_is_refused_in_plain_words_or_read_in_part(
    nasty, alice, project, work, no_hang, record_property
):
    content, before = nasty.make(), resident()
    book, said = imported(alice, project, work, nasty.filename, content)
    bounded(record_property, before)
    if book is None:
        assert said in REFUSALS
        assert nasty.becomes in (Becomes.REFUSED, Becomes.EITHER), said
        return
    assert nasty.becomes is not Becomes.REFUSED, said
    assert book.chapters.exists() or (said and nasty.becomes is not Becomes.READ)
    if nasty.becomes is Becomes.PART:
        assert said
    assert "root:" not in book.file.text


@pytest.mark.shared
@pytest.mark.skipif(not COLLECTED, reason="the shared test data is not beside the project")
@pytest.mark.parametrize("path", COLLECTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_collected_file_is_refused_in_plain_words_or_read(
    path, alice, project, work, no_hang, record_property
):
    content, name, before = path.read_bytes(), path.name, resident()
    if path.suffix == ".xz":
        content, name = lzma.decompress(content), path.stem
    book, said = imported(alice, project, work, name, content)
    bounded(record_property, before + len(content))
    if book is None:
        assert said in REFUSALS
    assert book or not name.startswith("good_")


@pytest.mark.parametrize(
    "nasty", [n for n in files() if n.filename == "a.txt"], ids=lambda n: n.name
)
def test_a_nasty_script_is_refused_or_read(nasty, alice, project, no_hang):
    file = SimpleUploadedFile("a.fountain", nasty.make())
    answer = alice.post(
        "/api/v1/scripts/import", {"project": str(project.pk), "file": file}, format="multipart"
    )
    assert answer.status_code < 500
    if answer.status_code == 201:
        page = reverse("script", args=[project.pk, answer.json()["id"]])
        assert alice.get(page).status_code == 200
    else:
        assert answer.json()["error_code"] in REFUSALS
