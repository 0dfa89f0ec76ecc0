"""How much room the files of an account take: counted as they come and go, and bounded by the plan."""

from __future__ import annotations

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection

from conftest import make_user
from scriptwriter.imports import start_import
from scriptwriter.models import Book
from storyforge.core.acting import acting_as
from storyforge.money.errors import StorageFull
from storyforge.money.models import Account, Plan
from storyforge.money.plans import ship
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Role

TEXT = b"It was late. " * 10


def bring(client, project, content=TEXT):
    file = SimpleUploadedFile("a.txt", content)
    return client.post("/api/v1/books", {"project": project.pk, "file": file}, format="multipart")


def stored(user):
    return Account.of(user.pk).stored_bytes


def allow(user, size):
    plan = Plan.objects.create(code="tiny", name="Tiny", storage_bytes=size)
    Account.of(user.pk).put_on(plan)


@pytest.mark.django_db
def test_files_count_for_the_owner_whoever_brings_them(alice, bob, project):
    assert bring(alice, project).status_code == 202
    assert bring(bob, project).status_code == 202
    assert stored(alice.user) == 2 * len(TEXT)
    assert stored(bob.user) == 0


@pytest.mark.django_db
def test_a_deleted_book_and_a_deleted_project_give_their_room_back(alice, project):
    bring(alice, project)
    book = bring(alice, project).json()["target"]["id"]
    alice.delete(f"/api/v1/books/{book}")
    assert stored(alice.user) == len(TEXT)
    alice.delete(f"/api/v1/projects/{project.pk}")
    assert stored(alice.user) == 0


@pytest.mark.django_db
def test_what_does_not_fit_is_refused_and_leaves_nothing(alice, bob, project):
    allow(alice.user, 2 * len(TEXT) - 1)
    assert bring(alice, project).status_code == 202
    for client in (alice, bob):
        answer = bring(client, project)
        assert (answer.status_code, answer.json()["error_code"]) == (402, "storage_full")
        assert answer.json()["storage_bytes"] == 2 * len(TEXT) - 1
    assert Book.objects.count() == 1
    assert stored(alice.user) == len(TEXT)


@pytest.mark.django_db
def test_a_plan_without_a_limit_has_none(alice, project):
    allow(alice.user, None)
    assert bring(alice, project).status_code == 202


@pytest.mark.django_db
def test_the_usage_says_how_much_room_is_taken(alice, project):
    bring(alice, project)
    assert alice.get("/api/v1/account/usage").json()["stored_bytes"] == len(TEXT)
    assert "130\xa0bytes" in alice.get("/account/usage").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_a_time_do_not_both_take_what_is_left():
    ship()
    owner = make_user("alice")
    project = Project.start(owner, name="One")
    Membership.objects.create(project=project, user=make_user("bob"), role=Role.EDITOR)
    allow(owner, 3 * len(TEXT) + 1)
    refused: list[StorageFull] = []
    barrier = threading.Barrier(6)

    def upload():
        barrier.wait()
        try:
            with acting_as(owner.pk):
                start_import(project=project, actor=owner, filename="a.txt", content=TEXT)
        except StorageFull as error:
            refused.append(error)
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=upload) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), stored(owner)) == (3, 3 * len(TEXT))
