"""F18: web servers whose clocks are hours apart give and take the same tokens, links and sessions."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from storyforge.accounts import links
from storyforge.accounts.models import APIToken, TokenFamily
from storyforge.accounts.tests.conftest import PASSWORD, bearer, code
from storyforge.core import clock
from storyforge.core.downloads import link, opened

URL = "/api/v1/account/sessions"


@pytest.fixture
def elsewhere(monkeypatch):
    """From now on this process is a server whose clock is so many hours ahead."""
    wall, now = time.time, timezone.now

    def move(hours):
        monkeypatch.setattr("time.time", lambda: wall() + hours * 3600)
        monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(hours=hours))

    return move


@pytest.mark.parametrize("hours", [-2, 2])
def test_what_one_server_gave_another_takes(ada, client, login, elsewhere, hours):
    pair = login().json()
    client.post("/sign-in", {"username": ada.email, "password": PASSWORD})
    ada.refresh_from_db()  # a sign-in kills older links
    session, path = client.cookies["session"].value, links.reset.path(ada)
    file = link(ada, "usage").rpartition("/")[2]
    elsewhere(hours)
    assert bearer(pair["access_token"]).get("/api/v1/auth/me").status_code == 200
    assert client.get(path).status_code == 200
    client.cookies["session"] = session
    assert client.get(URL).status_code == 200
    assert opened(ada, file).filename.endswith(".csv")


@pytest.mark.parametrize("hours", [-2, 2])
def test_what_is_over_by_the_database_is_over_on_every_server(ada, client, login, elsewhere, hours):
    elsewhere(hours)
    pair = login().json()
    family = TokenFamily.objects.get()
    assert abs(family.expires_at - clock.now() - timedelta(days=30)) < timedelta(minutes=1)
    client.post("/sign-in", {"username": ada.email, "password": PASSWORD})
    ends = client.session.model.objects.get(user=ada).expire_date
    assert abs(ends - clock.now() - timedelta(days=14)) < timedelta(minutes=1)
    assert client.get("/account/security").status_code == 200
    elsewhere(-hours)
    ended = {"end": str(family.pk)}
    assert client.post("/account/security", ended)["Location"] == "/account/security"
    assert code(bearer(pair["access_token"]).get("/api/v1/auth/me"))[0] == 401


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_use_of_a_token_is_noted_once_a_minute_on_every_server(ada, elsewhere, hours):
    token, secret = APIToken.issue(ada, name="laptop", scope="read")
    elsewhere(hours)
    for ago, noted_anew in (
        (None, True),
        (timedelta(seconds=30), False),
        (timedelta(seconds=90), True),
    ):
        then = ago and clock.now() - ago
        APIToken.objects.filter(pk=token.pk).update(last_used_at=then)
        assert bearer(secret).get("/api/v1/me").status_code == 200
        token.refresh_from_db()
        assert (token.last_used_at != then) == noted_anew
        assert abs(token.last_used_at - clock.now()) < timedelta(minutes=1)
