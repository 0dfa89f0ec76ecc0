"""Making an account, signing in and out, and the link of the first start."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from conftest import ROOT
from storyforge.accounts.links import sign_in_path
from storyforge.accounts.models import User
from storyforge.accounts.tests.conftest import PASSWORD


def register(client, **fields):
    return client.post("/register", {"email": "ada@example.org", "password": PASSWORD, **fields})


def sign_in(client, **fields):
    form = {"username": "ada@example.org", "password": PASSWORD, **fields}
    return client.post("/sign-in", form)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_ada_signs_in_by_her_address_in_any_case(client, ada):
    assert sign_in(client, username="Ada@Example.org").status_code == 302
    assert signed_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada@example.org", "password": "wrong"},
        {"username": "nobody@example.org", "password": PASSWORD},
        {"username": "ada@example.org\0", "password": PASSWORD},
        {},
    ],
)
def test_a_wrong_sign_in_says_the_same_to_all(client, ada, form):
    response = client.post("/sign-in", form)
    assert response.status_code == 200
    assert not signed_in(client)


@pytest.mark.django_db
def test_a_disabled_account_does_not_sign_in(client, ada):
    User.objects.update(is_active=False)
    sign_in(client)
    assert not signed_in(client)


@pytest.mark.django_db
def test_signing_in_changes_the_sessions_key(client, ada):
    client.get("/sign-in")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.django_db
def test_signing_out_ends_the_session(client, ada):
    sign_in(client)
    kept = client.cookies["session"].value
    assert client.post("/sign-out").status_code == 302
    thief = Client()
    thief.cookies["session"] = kept
    assert thief.get("/").status_code == 302
    assert client.get("/sign-out").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client, ada, after):
    assert sign_in(client, next=after)["Location"] == "/"


def test_signing_in_leads_to_the_page_that_was_wished_for(client, ada):
    page = client.get("/tokens", follow=True)
    assert 'name="next" value="/tokens"' in page.content.decode()
    assert sign_in(client, next="/tokens")["Location"] == "/tokens"


@pytest.mark.django_db
def test_forms_need_their_token():
    strict = Client(enforce_csrf_checks=True)
    assert register(strict).status_code == 403
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_session_needs_the_csrf_token_over_the_api(client, ada):
    sign_in(client)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    response = strict.post("/api/v1/projects", {"name": "New"}, content_type="application/json")
    assert (response.status_code, response.json()["error_code"]) == (403, "permission_denied")


@pytest.mark.django_db
def test_a_link_signs_in_once(client, ada):
    path = sign_in_path(ada)
    assert client.get(path)["Location"] == "/"
    assert signed_in(client)
    again = Client()
    assert again.get(path).status_code == 410
    assert not signed_in(again)


@pytest.mark.django_db
@pytest.mark.parametrize("uid", ["MQ", "!", "AA", "LTE", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMA", "é"])
def test_a_made_up_link_signs_nobody_in(client, uid):
    response = client.get(f"/sign-in/{uid}/abc-def")
    assert response.status_code == 410
    assert not signed_in(client)


@pytest.mark.django_db
def test_a_link_of_a_disabled_account_is_dead(client, ada):
    path = sign_in_path(ada)
    User.objects.update(is_active=False)
    assert client.get(path).status_code == 410


def start(**environ):
    """Settings of a fresh process with this environment, as JSON."""
    names = (
        "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE"
        " CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT"
    )
    program = (
        "import json, django; from django.conf import settings as s; django.setup();"
        f"print(json.dumps({{n: getattr(s, n) for n in {names.split()!r}}}))"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "storyforge.settings", **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


def test_behind_tls_cookies_stay_behind_tls():
    assert start(SECURE="on") == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
    }


def test_production_settings_pass_djangos_own_check():
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={
            **{k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"},
            "DJANGO_SETTINGS_MODULE": "storyforge.settings",
            "SECRET_KEY": "a key of sixty-four random characters, each of them a different one!",
            "SECURE": "on",
            "ALLOWED_HOSTS": "studio.example",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "no issues" in run.stdout + run.stderr
