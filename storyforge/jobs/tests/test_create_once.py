"""One request, one job: keys, replays, and any number of threads with the same key at once."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from scriptwriter.models import Book
from storyforge.accounts.models import APIToken
from storyforge.jobs import create, idempotency, waiting
from storyforge.jobs.dispatch import Dispatcher
from storyforge.jobs.due import next_due
from storyforge.jobs.models import IdempotencyKey, Job, JobEvent
from storyforge.jobs.runner import run
from tests.make import make


def code(response):
    return response.status_code, response.json().get("error_code")


def keyed(key):
    return {"Idempotency-Key": key}


@pytest.fixture
def book(project):
    return make(Book, project)


@pytest.fixture
def door(book):
    return f"/api/v1/books/{book.pk}/generate/plot.overview"


@pytest.fixture
def key():
    return uuid.uuid4().hex


def test_the_same_key_gets_the_same_answer_to_the_byte(bob, door, key):
    first = bob.post(door, {"instructions": "Short."}, headers=keyed(key))
    run(Job.objects.get())  # the job moves on; the answer does not
    again = bob.post(door, {"instructions": "Short."}, headers=keyed(key))
    assert (
        (again.status_code, again.content)
        == (first.status_code, first.content)
        == (
            202,
            first.content,
        )
    )
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    for header in ("Location", "Retry-After", "Cache-Control", "Content-Type"):
        assert again[header] == first[header]
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"instructions": "Long."}),
        ("", {"writer": "rules"}),
        ("/../book.analysis", {}),
    ],
)
def test_the_same_key_with_another_request_is_refused(bob, book, door, key, path, body):
    assert bob.post(door, {}, headers=keyed(key)).status_code == 202
    other = f"/api/v1/books/{book.pk}/generate/book.analysis" if path else door
    assert code(bob.post(other, body, headers=keyed(key))) == (422, "idempotency_mismatch")
    assert Job.objects.count() == 1


def test_bodies_that_mean_the_same_are_the_same(bob, door, key):
    first = bob.post(door, {"writer": "auto", "instructions": ""}, headers=keyed(key))
    again = bob.post(f"{door}/", {"instructions": " "}, headers=keyed(f'"{key}"'))
    assert again.content == first.content
    assert Job.objects.count() == 1


def test_members_who_share_an_account_do_not_meet_each_others_keys(alice, bob, door, key):
    for client in (alice, bob):
        assert client.post(door, {}, headers=keyed(key)).status_code == 202
    assert Job.objects.count() == 2


def test_without_a_key_each_request_is_a_job(bob, door):
    for _ in range(2):
        assert bob.post(door, {}).status_code == 202
    assert Job.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("bad", ["", "x" * 256, "é", "a\tb", '""'])
def test_a_key_is_1_to_255_printable_characters(bob, door, bad):
    response = bob.post(door, {}, headers=keyed(bad))
    assert code(response) == (400, "validation_error")
    assert "Idempotency-Key" in response.json()["errors"]
    assert not Job.objects.exists()


def test_a_refused_request_uses_no_key_up(bob, door, key, monkeypatch):
    monkeypatch.setattr(create, "MAX_WAITING", 0)
    assert code(bob.post(door, {}, headers=keyed(key))) == (429, "queue_full")
    assert not IdempotencyKey.objects.exists()
    monkeypatch.undo()
    assert bob.post(door, {}, headers=keyed(key)).status_code == 202


def test_a_replay_comes_before_a_full_queue(bob, door, key, monkeypatch):
    first = bob.post(door, {}, headers=keyed(key))
    monkeypatch.setattr(create, "MAX_WAITING", 1)
    assert bob.post(door, {}, headers=keyed(key)).content == first.content
    refused = bob.post(door, {}, headers=keyed(f"{key}2"))
    assert code(refused) == (429, "queue_full")
    assert refused.json()["violated-policies"] == ["queue"]
    assert int(refused["Retry-After"]) > 0


def test_an_upload_with_a_key_is_one_book(bob, project, key):
    def upload(content):
        body = {"project": str(project.pk), "file": SimpleUploadedFile("a.txt", content)}
        return bob.post("/api/v1/books", body, format="multipart", headers=keyed(key))

    first = upload(b"It was late.")
    assert (first.status_code, upload(b"It was late.").content) == (202, first.content)
    assert code(upload(b"It was early.")) == (422, "idempotency_mismatch")
    assert (Book.objects.count(), Job.objects.count()) == (1, 1)


def test_a_retry_with_a_key_is_one_job(bob, door, key):
    first = bob.post(door, {}).json()
    bob.post(first["cancel_url"])
    path = f"/api/v1/jobs/{first['id']}/retry"
    answers = [bob.post(path, headers=keyed(key)) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert Job.objects.count() == 2


def test_a_deleted_job_is_not_made_again_by_its_key(bob, door, key):
    first = bob.post(door, {}, headers=keyed(key))
    bob.post(first.json()["cancel_url"])
    assert bob.delete(first["Location"]).status_code == 204
    assert bob.post(door, {}, headers=keyed(key)).content == first.content
    assert not Job.objects.exists()


def test_keys_are_kept_for_48_hours(bob, door, key):
    bob.post(door, {}, headers=keyed(key))
    assert idempotency.purge() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=47, minutes=55))
    assert idempotency.purge() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=48, minutes=5))
    Dispatcher()._upkeep()
    assert not IdempotencyKey.objects.exists()
    assert bob.post(door, {}, headers=keyed(key)).status_code == 202
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_50_keys_sent_by_20_threads_each_are_50_jobs(bob, book, door, monkeypatch):
    """Connections of their own, all at once: the unique index alone decides."""
    monkeypatch.setattr(create, "MAX_WAITING", 10_000)
    _, secret = APIToken.issue(bob.user, name="laptop", scope="write")
    proof = {"Authorization": f"Bearer {secret}"}
    keys = [uuid.uuid4().hex for _ in range(50)]
    together = threading.Barrier(20)

    def send(_thread):
        client = APIClient(headers=proof)
        answers = []
        try:
            for each in keys:
                together.wait()
                answer = client.post(door, {}, headers=keyed(each))
                answers.append((answer.status_code, hashlib.sha256(answer.content).hexdigest()))
        finally:
            connection.close()
        return answers

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert {status for row in answers for status, _ in row} == {202}
    for same in zip(*answers, strict=True):
        assert len(set(same)) == 1
    assert Job.objects.count() == IdempotencyKey.objects.count() == 50
    assert JobEvent.objects.count() == 50


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_a_client_that_prefers_to_wait_gets_the_finished_job(bob, project, kind, job):
    """A worker in another thread finishes it meanwhile."""
    Job.objects.all().delete()

    def worker():
        try:
            while not (found := next_due()):
                time.sleep(0.02)
            run(found)
        finally:
            connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    body = {"project": str(project.pk), "file": SimpleUploadedFile("a.txt", b"It was late.")}
    answer = bob.post(
        "/api/v1/books", body, format="multipart", headers={"Prefer": "respond-async, wait=30"}
    )
    thread.join()
    assert (answer.status_code, answer["Preference-Applied"]) == (200, "wait=30")
    assert answer.json()["status"] == "completed"
    assert "Retry-After" not in answer


def test_a_job_that_does_not_end_in_time_is_accepted(bob, door):
    answer = bob.post(door, {}, headers={"Prefer": "wait=1"})
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=1", 1), ("wait=30", 30), ("wait=31", 0), ("wait=0", 0), ("wait", 0), ("", 0),
        ('WAIT="5"', 5), ("respond-async, wait=7; x", 7), ("await=7", 0), ("wait=1000", 0),
    ],
)  # fmt: skip
def test_how_long_a_client_prefers_to_wait(header, seconds):
    assert waiting.wish(header) == seconds


def test_no_more_than_a_quarter_of_the_slots_wait(bob, door, settings, monkeypatch):
    settings.WEB_SLOTS = 8
    monkeypatch.setattr(waiting, "_waiting", 2)
    slept = []
    monkeypatch.setattr(waiting.time, "sleep", slept.append)
    assert bob.post(door, {}, headers={"Prefer": "wait=30"}).status_code == 202
    assert (slept, waiting._waiting) == ([], 2)
