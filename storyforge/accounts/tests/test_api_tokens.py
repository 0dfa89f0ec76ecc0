"""Keys for programs: shown once, useless in a dump, refused the moment they should be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts.models import APIToken


@pytest.fixture
def program(project):
    """A client that presents a token of alice's, made with the given fields."""

    def make(**fields):
        fields = {"name": "laptop", "scope": "write", **fields}
        token, secret = APIToken.issue(project.owner, **fields)
        client = APIClient(headers={"Authorization": f"Bearer {secret}"})
        client.token, client.secret = token, secret
        return client

    return make


def code(response):
    return response.status_code, response.json().get("error_code")


def test_the_secret_is_shown_once(alice):
    made = alice.post("/api/v1/tokens", {"name": "laptop"}).json()
    assert made["secret"].startswith("sf_")
    (listed,) = alice.get("/api/v1/tokens").json()["results"]
    assert listed["name"] == "laptop"
    assert "secret" not in listed


def test_a_new_token_only_reads_unless_more_is_asked_for(alice):
    assert alice.post("/api/v1/tokens", {"name": "laptop"}).json()["scope"] == "read"


def test_the_row_holds_nothing_that_signs_in(program):
    client = program()
    secret = client.secret.split("_", 2)[2]
    row = APIToken.objects.values().get()
    assert secret not in str(row)
    assert client.secret not in str(row)
    stolen = APIClient(headers={"Authorization": f"Bearer sf_{row['public_id']}_{row['digest']}"})
    assert code(stolen.get("/api/v1/me")) == (401, "authentication_failed")


def test_a_token_speaks_for_its_user(program):
    assert program().get("/api/v1/me").json()["email"] == "alice@example.org"


def test_a_write_token_writes(program):
    assert program(scope="write").post("/api/v1/projects", {"name": "New"}).status_code == 201


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_read_token_changes_nothing(program, project, method):
    client = program(scope="read")
    assert client.get(f"/api/v1/projects/{project.pk}").status_code == 200
    response = getattr(client, method)(f"/api/v1/projects/{project.pk}", {"name": "Stolen"})
    assert code(response) == (403, "token_scope")
    project.refresh_from_db()
    assert project.name == "The Lighthouse"


def test_an_expired_token_is_refused(program):
    late = program(expires_at=timezone.now() - timedelta(seconds=1))
    soon = program(expires_at=timezone.now() + timedelta(minutes=1))
    assert code(late.get("/api/v1/me")) == (401, "authentication_failed")
    assert soon.get("/api/v1/me").status_code == 200


def test_a_revoked_token_is_refused_at_once(alice, program):
    client = program()
    assert client.get("/api/v1/me").status_code == 200
    assert alice.delete(f"/api/v1/tokens/{client.token.pk}").status_code == 204
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")


def test_a_disabled_users_token_is_refused(program, project):
    client = program()
    project.owner.is_active = False
    project.owner.save()
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")


@pytest.mark.parametrize(
    "presented",
    ["", "sf_", "sf__", "sf_0123456789abcdef_wrong", "no token at all", "sf_é_ü", "x" * 10_000],
)
def test_a_made_up_secret_is_refused(db, presented):
    client = APIClient(headers={"Authorization": f"Bearer {presented}"})
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")


def test_another_tokens_secret_does_not_fit(program):
    first, second = program(), program()
    mixed = f"sf_{first.token.public_id}_{second.secret.split('_', 2)[2]}"
    client = APIClient(headers={"Authorization": f"Bearer {mixed}"})
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")


def test_the_last_use_is_noted_once_a_minute(program):
    client = program()
    client.get("/api/v1/me")
    first = APIToken.objects.get().last_used_at
    client.get("/api/v1/me")
    assert first is not None
    assert APIToken.objects.get().last_used_at == first


def test_nobody_sees_or_revokes_anothers_token(bob, program):
    client = program()
    assert bob.get("/api/v1/tokens").json()["results"] == []
    assert code(bob.delete(f"/api/v1/tokens/{client.token.pk}")) == (404, "not_found")


def test_without_a_token_the_answer_names_the_way_in(db):
    response = APIClient().get("/api/v1/me")
    assert code(response) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_makes_no_other_and_changes_no_password(program):
    """Else whoever finds one would have the account."""
    client = program(scope="write")
    for method, path in (
        ("get", "/api/v1/tokens"),
        ("post", "/api/v1/tokens"),
        ("post", "/api/v1/auth/password"),
        ("get", "/api/v1/account/sessions"),
        ("get", "/api/v1/account/activity"),
    ):
        assert code(getattr(client, method)(path)) == (403, "person_needed")


PEPPERS = {1: "1" * 40, 2: "2" * 40}


def test_peppers_are_changed_without_ending_tokens(program, settings):
    settings.TOKEN_PEPPERS = {}
    client = program()
    before = APIToken.objects.get()
    settings.TOKEN_PEPPERS = PEPPERS
    assert client.get("/api/v1/me").status_code == 200
    after = APIToken.objects.get()
    assert (before.pepper, after.pepper) == (0, 2)
    assert before.digest != after.digest
    assert client.get("/api/v1/me").status_code == 200


def test_without_its_pepper_a_token_is_dead(program, settings):
    settings.TOKEN_PEPPERS = PEPPERS
    client = program()
    settings.TOKEN_PEPPERS = {1: PEPPERS[1], 2: "another" * 6}
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")
    settings.TOKEN_PEPPERS = {1: PEPPERS[1]}
    assert code(client.get("/api/v1/me")) == (401, "authentication_failed")
