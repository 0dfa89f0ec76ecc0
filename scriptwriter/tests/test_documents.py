"""The paths of the character ecosystem's document: a book under another name, and what was found in it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from scriptwriter.models import Book
from scriptwriter.tests.conftest import STORY
from storyforge.jobs.models import Job
from storyforge.jobs.models.row import KEPT

DOOR = "/api/v1/documents"


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_document_from_its_upload_to_its_end(bob, project, finish, slash):
    file = SimpleUploadedFile("salt.md", STORY.encode())
    body = {"project": str(project.pk), "file": file}
    job = finish(bob.post(f"{DOOR}/upload{slash}", body, format="multipart"))
    path = f"{DOOR}/{job.target_id}"
    assert bob.get(f"{path}{slash}").json() == bob.get(f"/api/v1/books/{job.target_id}").json()
    text = bob.get(f"{path}/text{slash}").json()
    assert text["text"] == Book.objects.get().file.text != ""
    assert code(bob.get(f"{path}/analyze{slash}")) == (404, "not_found")
    asked = finish(bob.post(f"{path}/analyze{slash}", {"writer": "rules"}))
    found = bob.get(f"{path}/analyze{slash}").json()
    assert (found["id"], found["kind"]) == (str(asked.pk), "book.analysis")
    assert found == bob.get(f"/api/v1/jobs/{asked.pk}/result").json()
    assert bob.delete(f"{path}{slash}").status_code == 204
    assert not Book.objects.exists()


def test_an_export_is_the_book_its_plot_and_its_people(bob, vera, charlie, analyzed, finish):
    path = f"{DOOR}/{analyzed.pk}/export"
    assert code(vera.post(path)) == (403, "role_too_low")
    assert code(charlie.post(path)) == code(charlie.get(path)) == (404, "not_found")
    jobs = Job.objects.count()
    assert code(vera.get(path)) == (404, "not_found")
    assert Job.objects.count() == jobs, "reading starts nothing"
    first, second = (finish(bob.post(path, headers={"Idempotency-Key": k})) for k in "ab")
    assert first.pk != second.pk
    shown = vera.get(path).json()
    assert shown["id"] == str(second.pk)
    document = shown["result"]["document"]
    assert document["book"]["title"] == analyzed.title
    assert len(document["book"]["chapters"]) == analyzed.chapters.count()
    names = set(analyzed.characters.filter(is_active=True).values_list("name", flat=True))
    assert {each["name"] for each in document["characters"]} == names
    Job.objects.update(completed_at=F("completed_at") - KEPT)
    assert code(vera.get(path)) == (410, "result_expired")


def test_a_book_that_cannot_be_read_is_not_exported(bob, project, work):
    book = Book.objects.create(project=project, title="Torn", status=Book.Status.UNREADABLE)
    made = bob.post(f"{DOOR}/{book.pk}/export")
    work()
    job = Job.objects.get(pk=made.json()["id"])
    assert (job.status, job.error["error_code"]) == ("failed", "state_conflict")
