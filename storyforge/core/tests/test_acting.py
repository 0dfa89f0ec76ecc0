"""For whom a statement is, whatever transactions and savepoints do around it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from storyforge.core import acting as acting_module
from storyforge.core.acting import Door, acting, acting_as
from storyforge.projects.api import ProjectViewSet
from storyforge.projects.models import Project, ProjectQuerySet

pytestmark = pytest.mark.django_db


def told():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('app.user', true), current_setting('app.system', true)"
        )
        return cursor.fetchone()


def test_what_was_before_comes_back(project):
    with acting_as(7):
        assert told() == ("7", "")
        with acting_as(8, door=Door.JOBS):
            assert told() == ("8", "jobs")
        assert told() == ("7", "")
        assert acting().user == 7
    assert told() == ("", "admin")


def test_a_savepoint_that_is_rolled_back_leaves_the_right_user():
    with acting_as(7):
        for _ in range(2):
            with transaction.atomic():
                told()
                with acting_as(8):
                    assert told() == ("8", "")
                transaction.set_rollback(True)
            with acting_as(8):
                assert told() == ("8", "")
        assert told() == ("7", "")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_carried_from_one_transaction_to_the_next():
    with acting_as(7):
        assert told() == ("7", "")
        with transaction.atomic():
            assert told() == ("7", "")
            assert told() == ("7", "")
    with connection.connection.cursor() as bare:  # past Django: what the connection holds by itself
        bare.execute("SELECT current_setting('app.user', true)")
        assert bare.fetchone() == ("",)


@pytest.mark.django_db(transaction=True)
def test_a_cursor_on_the_server_reads_for_the_same_user(project):
    for one in (Project.objects, Project.objects.filter(name=project.name)):
        with acting_as(project.owner_id):
            assert list(one.iterator(chunk_size=1)) == [project]
            with transaction.atomic():
                assert list(one.iterator(chunk_size=1)) == [project]
                assert told() == (str(project.owner_id), "")
        with acting_as(project.owner_id + 1):
            assert list(one.iterator(chunk_size=1)) == []


def test_a_statement_of_the_web_ends_after_five_seconds(alice, project, monkeypatch):
    seen = []

    def look(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            seen.append((cursor.fetchone()[0], *told()))
        return original(self, request)

    original = ProjectViewSet.list
    monkeypatch.setattr(ProjectViewSet, "list", look)
    assert alice.get("/api/v1/projects").json()["count"] == 1
    assert seen == [("5s", str(alice.user.pk), "")]


@pytest.mark.parametrize("path", ["/api/v1/projects", "/"])
def test_a_statement_that_takes_longer_is_cut_and_told_as_that(path, alice, monkeypatch):
    def sleep(*_args, **_kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(acting_module, "WEB_STATEMENT_MS", 50)
    monkeypatch.setattr(ProjectQuerySet, "allowed_to", sleep)
    alice.raise_request_exception = False
    answer = alice.get(path)
    assert answer.status_code == 503
    if path.startswith("/api"):
        assert answer.json()["error_code"] == "took_too_long"
