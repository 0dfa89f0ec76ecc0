"""Hostile and broken files through the real door: uploaded, imported by a job, shown on a page.

Every file of `nasty_files` is sent to every door that takes files. The limit of memory is that of the process
that takes the upload and does the job, at its highest meanwhile, and of the one that reads the file.
"""

from __future__ import annotations

import lzma
import os
import re
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SHARED
from scriptwriter.models import Book
from storyforge.jobs.models import Job
from tests.contracts.nasty_files import Becomes, files
from tests.make import make
from worldgen.models import Campaign

GIB = 1 << 30
REFUSALS = {"unreadable_file", "file_too_large", "unsupported_format", "body_too_large"}
REFUSED_ELSEWHERE = REFUSALS | {
    "validation_error",
    "malformed_json",
    "unreadable_vocabulary",
    "unreadable_world",
}
NASTY = SHARED / "data" / "nasty"
COLLECTED = sorted(p for p in NASTY.rglob("*") if p.is_file()) if NASTY.is_dir() else []
pytestmark = pytest.mark.django_db


def peak():
    """The most memory this process has had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def memory(line):
    """`VmRSS`, what this process has, or `VmHWM`, the most it had since `bounded` began; in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{line}:\s+(\d+) kB", status)[1]) * 1024


def upload(client, project, filename, content, where="/api/v1/books"):
    body = {"project": str(project.pk), "file": SimpleUploadedFile(filename, content)}
    return client.post(where, body, format="multipart")


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


@contextmanager
def bounded(record_property):
    """Hold the process that reads to a gigabyte, and what this one takes meanwhile to half of one."""
    readers = [0]

    def waitpid(pid, options):  # getrusage(2) would tell of the largest child this process ever had
        found, status, used = os.wait4(pid, options)
        readers.append(used.ru_maxrss * 1024)
        return found, status

    Path("/proc/self/clear_refs").write_text("5")  # the highest begins anew, proc(5)
    before = memory("VmRSS")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "waitpid", waitpid)
        yield
    record_property("MB of the reader", max(readers) // 2**20)
    record_property("MB of an upload", (memory("VmHWM") - before) // 2**20)
    # A child counts what it was forked from as its own (getrusage(2)): of this process, which may be large.
    assert max(readers) <= max(GIB, peak())
    assert memory("VmHWM") - before <= GIB // 2


@pytest.mark.parametrize("nasty", files(), ids=lambda n: n.name)
def test_a_nasty_file_is_refused_in_plain_words_or_read_in_part(
    nasty, alice, project, work, no_hang, record_property
):
    content = nasty.make()
    with bounded(record_property):
        book, said = imported(alice, project, work, nasty.filename, content)
        refused_or_taken(alice, project, work, content)
    if book is None:
        assert said in REFUSALS
        assert nasty.becomes in (Becomes.REFUSED, Becomes.EITHER), said
        return
    assert nasty.becomes is not Becomes.REFUSED, said
    assert book.chapters.exists() or (said and nasty.becomes is not Becomes.READ)
    if nasty.becomes is Becomes.PART:
        assert said
    assert "root:" not in book.file.text


def refused_or_taken(client, project, work, content):
    """The doors for scripts, worlds and vocabularies, by a name they look at."""
    campaign = Campaign.objects.filter(project=project).first() or make(Campaign, project)
    doors = {
        reverse("script-import-file"): "a.fountain",
        reverse("import-world"): "w.json",
        reverse("world-vocabulary", args=[campaign.pk]): "names.json",
    }
    for where, usual in doors.items():
        answer = upload(client, project, usual, content, where)
        if answer.status_code == 202:
            work()
            error = Job.objects.get(pk=answer.json()["id"]).error
            assert error is None or error["error_code"] in REFUSED_ELSEWHERE, where
        elif answer.status_code != 201:
            assert 400 <= answer.status_code < 500, (where, answer.content)
            assert answer.json()["error_code"] in REFUSED_ELSEWHERE, where


@pytest.mark.shared
@pytest.mark.skipif(
    not COLLECTED, reason=f"no nasty files in {NASTY}: only those made here are tried"
)
@pytest.mark.parametrize("path", COLLECTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_collected_file_is_refused_in_plain_words_or_read(
    path, alice, project, work, no_hang, record_property
):
    content, name = path.read_bytes(), path.name
    if path.suffix == ".xz":
        content, name = lzma.decompress(content), path.stem
    with bounded(record_property):
        book, said = imported(alice, project, work, name, content)
    if book is None:
        assert said in REFUSALS
    assert book or not name.startswith("good_")


def test_the_files_that_are_made_here_are_many():
    """Those beside the project come on top, where they are."""
    assert len(files()) >= 60
    if "STORYFORGE_SHARED" in os.environ:
        assert COLLECTED, f"STORYFORGE_SHARED names a folder without nasty files: {NASTY}"


@pytest.mark.parametrize(
    "nasty", [n for n in files() if n.filename == "a.txt"], ids=lambda n: n.name
)
def test_a_nasty_script_that_is_taken_is_shown(nasty, alice, project, no_hang):
    answer = upload(alice, project, "a.fountain", nasty.make(), reverse("script-import-file"))
    if answer.status_code == 201:
        page = reverse("script", args=[project.pk, answer.json()["id"]])
        assert alice.get(page).status_code == 200
    else:
        assert answer.json()["error_code"] in REFUSALS
