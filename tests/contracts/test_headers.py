"""What stands on every answer, whoever gives it: staff, static files, refusals and redirects.

test_matrix looks at each answer of the API, test_pages at each page.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from conftest import ROOT, client_of
from storyforge.accounts.models import User
from storyforge.accounts.second_factor import SESSION_MARK
from tests.contracts.headers import close, directives, faults

pytestmark = pytest.mark.django_db

ELSEWHERE = (
    "/health", "/health/ready?role=web", "/health/detailed", "/health/plot-service", "/metrics", "/api/schema", "/api/docs",
    "/no/such/page", "/api/v1/no-such-thing", "/static/app.css", "/static/icon.svg", "/static/none.css",
)  # fmt: skip


@pytest.mark.parametrize("where", ELSEWHERE)
def test_everything_else_has_them(where, personas):
    answer = personas["alice"].get(where)
    close(answer)
    assert faults(answer, shared=where.startswith("/static/")) == []


@pytest.mark.parametrize("where", [*ELSEWHERE, "/api/v1/jobs", "/api/v1/projects/"])
@pytest.mark.parametrize("persona", ["alice", "anonymous"])
def test_every_answer_says_in_x_process_time_how_many_seconds_it_took(where, persona, personas):
    started = time.perf_counter()
    answer = personas[persona].get(where)
    close(answer)
    said = answer["X-Process-Time"]
    assert re.fullmatch(r"\d+\.\d{4}", said)
    assert (
        float(said) <= time.perf_counter() - started + 0.0001
    )  # seconds, and not more than we waited
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-Id"])


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m.__name__)
def test_the_staffs_pages_have_them(model, world):
    client = client_of(User.objects.get(name="Sarah"))
    session = client.session
    session[SESSION_MARK] = True
    session.save()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert faults(answer) == []


def test_a_page_asks_for_a_new_nonce_each_time(personas):
    pages = [personas["alice"].get("/api/docs") for _ in range(2)]
    found = [set(re.findall(r"'nonce-[^']+'", p["Content-Security-Policy"])) for p in pages]
    assert not found[0] & found[1] or found == [set(), set()]


@pytest.fixture
def behind_tls(settings):
    """A client over TLS of an installation with SECURE=on."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    return Client()


@pytest.mark.parametrize("where", ["/sign-in", "/api/v1/me", "/no/such/page", *ELSEWHERE])
def test_behind_tls_every_answer_says_that_it_stays_so(where, behind_tls):
    answer = behind_tls.get(where, secure=True)
    close(answer)
    said = answer["Strict-Transport-Security"]
    assert int(re.search(r"max-age=(\d+)", said)[1]) >= 31_536_000
    assert "includeSubDomains" in said


def test_without_tls_a_page_is_redirected_under_the_same_policy(behind_tls):
    answer = behind_tls.get("/sign-in")
    assert answer.status_code == 301
    assert directives(answer)["frame-ancestors"] == {"'none'"}


@pytest.mark.parametrize("where", ["/api/v1/me", "/api/jobs/create"])
def test_without_tls_the_api_refuses_instead_of_redirecting(where, behind_tls):
    answer = behind_tls.post(where, {})
    assert (answer.status_code, answer.json()["error_code"]) == (403, "tls_needed")
    assert faults(answer) == []


@pytest.mark.parametrize(
    "where", ["/static/", "/static/js/", "/files/", "/.git/config", "/.env", "/var/"]
)
def test_no_folder_is_listed_and_no_hidden_file_served(where, personas):
    assert personas["alice"].get(where).status_code == 404


def test_fields_for_passwords_are_masked_and_open_to_password_managers(client):
    for where in ("/sign-in", "/register"):
        page = client.get(where).content.decode()
        field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)[0]
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "paste" not in page


def test_signing_out_clears_what_the_browser_kept(personas):
    client = client_of(User.objects.get(name="Charlie"))
    assert client.post(reverse("sign_out"))["Clear-Site-Data"] == '"storage"'


def test_a_host_that_is_not_served_is_refused(personas):
    answer = personas["alice"].get("/sign-in", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("method", ["trace", "connect"])
def test_no_answer_to_methods_that_nobody_needs(method, personas):
    answer = personas["alice"].generic(method.upper(), "/api/v1/me", headers={"x-secret": "echo"})
    assert answer.status_code in (403, 405)
    assert b"echo" not in answer.content


def test_a_production_configuration_passes_djangos_own_checks():
    """As an operator would start it: over TLS, with a long key, and no debug pages."""
    environment = {
        "SECURE": "on",
        "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ALLOWED_HOSTS": "studio.example",
        "DATABASE_URL": "postgres://nobody@/nothing",
        "DATABASE_POOL": "0",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
