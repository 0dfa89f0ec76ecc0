"""One row for each unsafe operation; nothing changes a row, and no row says too much."""

from __future__ import annotations

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError
from rest_framework.test import APIClient

from storyforge.accounts.models import AuditEntry, User
from storyforge.accounts.tests.conftest import PASSWORD, code
from storyforge.projects.models import Project

URL = "/api/v1/account/activity"


def told():
    return [(e.action, e.status) for e in AuditEntry.objects.order_by("pk")]


def test_each_unsafe_request_leaves_one_row(alice, project):
    made = alice.post("/api/v1/projects", {"name": "New"}).json()["id"]
    alice.patch(f"/api/v1/projects/{made}", {"name": "Old"})
    alice.get("/api/v1/projects")
    alice.patch(f"/api/v1/projects/{made}", {"name": ""})
    alice.delete(f"/api/v1/projects/{made}")
    assert told() == [
        ("POST project-list", 201),
        ("PATCH project-detail", 200),
        ("PATCH project-detail", 400),
        ("DELETE project-detail", 204),
    ]
    assert set(AuditEntry.objects.values_list("object_type", "object_id")) == {("project", made)}
    assert {e.actor for e in AuditEntry.objects.all()} == {alice.user.audit_id}


def test_what_is_refused_is_written_too(charlie, vera, project):
    charlie.delete(f"/api/v1/projects/{project.pk}")
    vera.delete(f"/api/v1/projects/{project.pk}")
    assert told() == [("DELETE project-detail", 404), ("DELETE project-detail", 403)]


def test_pages_leave_rows_like_the_api(alice):
    alice.post("/projects/new", {"name": "From the page"}, format="multipart")
    alice.post("/account", {"name": "Alice B."}, format="multipart")
    assert told() == [("POST start_project", 302), ("POST account", 302)]


def test_signing_in_well_or_badly_is_written(ada, client):
    client.post("/sign-in", {"username": "ada@example.org", "password": "wrong wrong"})
    client.post("/sign-in", {"username": "nobody@example.org", "password": "wrong wrong"})
    client.post("/sign-in", {"username": "ada@example.org", "password": PASSWORD})
    client.post("/sign-out")
    assert told() == [("sign_in.failed", 200)] * 2 + [("sign_in", 302), ("sign_out", 302)]
    actors = list(AuditEntry.objects.order_by("pk").values_list("actor", flat=True))
    assert actors == [ada.audit_id, None, ada.audit_id, ada.audit_id]


def test_strangers_fill_no_table(db, project):
    stranger = APIClient()
    stranger.post("/api/v1/projects", {"name": "New"})
    stranger.post("/api/v1/nothing", {})
    stranger.delete(f"/api/v1/projects/{project.pk}")
    assert told() == []


def test_rows_hold_no_address_no_secret_and_no_text(ada, project):
    client = APIClient(REMOTE_ADDR="203.0.113.7")
    client.force_login(ada)
    secret = client.post("/api/v1/tokens", {"name": "my private name"}).json()["secret"]
    client.post("/api/v1/projects", {"name": "A secret story"})
    client.post("/api/v1/auth/password", {"current_password": PASSWORD, "password": "short"})
    client.post("/password/forgot", {"email": "ada@example.org"}, format="multipart")
    rows = str(list(AuditEntry.objects.values()))
    for word in ("203.0.113", "ada@", secret, "private", "secret", PASSWORD, "short"):
        assert word not in rows
    assert AuditEntry.objects.values("address").distinct().count() == 1


def test_a_row_carries_the_id_of_its_request(alice):
    answer = alice.post("/api/v1/projects", {"name": "New"})
    assert AuditEntry.objects.get().request_id == answer["X-Request-Id"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET status = 200",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
    ],
)
def test_the_database_lets_nobody_alter_a_row(alice, statement):
    alice.post("/api/v1/projects", {"name": ""})
    with (
        pytest.raises((InternalError, DatabaseError), match=r"Cannot (update|delete|truncate)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert told() == [("POST project-list", 400)]


def test_alice_sees_her_own_rows_newest_first(alice, bob):
    alice.post("/api/v1/projects", {"name": "New"})
    bob.post("/api/v1/projects", {"name": ""})
    alice.post("/api/v1/projects", {"name": ""})
    rows = alice.get(URL).json()["results"]
    assert [row["status"] for row in rows] == [400, 201]
    page = alice.get("/account/activity").content.decode()
    assert page.count("POST project-list") == 2
    assert code(APIClient().get(URL)) == (401, "not_authenticated")


def test_when_an_account_goes_its_rows_stay_and_name_nobody(alice, project):
    alice.post("/account", {"name": "Alice B."}, format="multipart")
    pk, audit_id = alice.user.pk, alice.user.audit_id
    alice.post("/account/data", {"email": "alice@example.org"}, format="multipart")
    assert not User.objects.filter(pk=pk).exists()
    assert not Project.objects.filter(pk=project.pk).exists()
    assert told()[-1] == ("account.deleted", 200)
    assert not User.objects.filter(audit_id=audit_id).exists()
    assert AuditEntry.objects.filter(actor=audit_id).count() == 2
