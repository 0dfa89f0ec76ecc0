"""Browsers' sessions: found by their owner, ended at once, useless in a dump."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts.models import Session, TokenFamily, User
from storyforge.accounts.tests.conftest import PASSWORD, bearer, code

URL = "/api/v1/account/sessions"


@pytest.fixture
def firefox(ada):
    client = APIClient(headers={"User-Agent": "Firefox 200"})
    client.post(
        "/sign-in", {"username": "ada@example.org", "password": PASSWORD}, format="multipart"
    )
    return client


def test_ada_sees_where_she_is_signed_in(firefox, login):
    login()
    rows = firefox.get(URL).json()
    assert [(r["kind"], r["current"]) for r in rows] == [("client", False), ("session", True)]
    assert rows[1]["agent"] == "Firefox 200"


def test_a_client_sees_itself_among_them(firefox, login):
    rows = bearer(login().json()["access_token"]).get(URL).json()
    assert [(r["kind"], r["current"]) for r in rows] == [("client", True), ("session", False)]


def test_ending_one_acts_at_once(firefox, login):
    client = bearer(login().json()["access_token"])
    kinds = {row["kind"]: row["id"] for row in firefox.get(URL).json()}
    assert firefox.delete(f"{URL}/{kinds['client']}").status_code == 204
    assert code(client.get(URL)) == (401, "authentication_failed")
    assert firefox.delete(f"{URL}/{kinds['session']}").status_code == 204
    assert code(firefox.get(URL)) == (401, "not_authenticated")


def test_ending_all_ends_this_one_too(firefox, login):
    client = bearer(login().json()["access_token"])
    assert firefox.delete(URL).status_code == 204
    assert firefox.get(URL).status_code == client.get(URL).status_code == 401


def test_a_thief_of_an_old_session_ends_no_others(firefox, login):
    login()
    family = TokenFamily.objects.get()
    shift(firefox, started=901, proved=901)
    asked = firefox.post("/account/security", {"end": str(family.pk)}, format="multipart")
    assert asked["Location"] == "/account/prove?next=%2Faccount%2Fsecurity"
    for url in (URL, f"{URL}/{family.pk}"):
        assert code(firefox.delete(url)) == (403, "password_needed")
        assert code(firefox.delete(url, {"current_password": "not hers"})) == (
            403,
            "password_needed",
        )
    family.refresh_from_db()
    assert family.revoked_at is None
    assert firefox.delete(f"{URL}/{family.pk}", {"current_password": PASSWORD}).status_code == 204
    proof = {"password": PASSWORD, "next": "/account/security"}
    firefox.post("/account/prove", proof, format="multipart")
    assert firefox.delete(URL).status_code == 204


def test_a_client_proves_itself_a_quarter_of_an_hour_after_its_sign_in(firefox, login):
    client = bearer(login().json()["access_token"])
    TokenFamily.objects.update(created_at=F("created_at") - timedelta(seconds=901))
    assert code(client.delete(URL)) == (403, "password_needed")
    assert firefox.get(URL).status_code == 200
    assert client.delete(URL, {"current_password": PASSWORD}).status_code == 204
    assert firefox.get(URL).status_code == 401


def test_nobody_ends_anothers(firefox, charlie):
    session, family = (
        Session.objects.get(user__email="ada@example.org"),
        TokenFamily.start(User.objects.get(email="ada@example.org")),
    )
    for key in (session.pk, family.pk, "0" * 40, "0" * 36, "7"):
        assert code(charlie.delete(f"{URL}/{key}")) == (404, "not_found")
    assert firefox.get(URL).status_code == 200


def test_the_page_ends_one_too(firefox, login):
    login()
    family = TokenFamily.objects.get()
    page = firefox.get("/account/security").content.decode()
    assert "Firefox 200" in page
    assert str(family.pk) in page
    firefox.post("/account/security", {"end": str(family.pk)}, format="multipart")
    family.refresh_from_db()
    assert family.revoked_at
    assert firefox.post("/account/security", {"end": "x\0"}, format="multipart").status_code == 404


def test_a_copy_of_the_table_opens_nothing(firefox):
    cookie = firefox.cookies["session"].value
    row = Session.objects.get(user__isnull=False)
    assert cookie not in str(Session.objects.values().get(pk=row.pk))
    thief = Client()
    thief.cookies["session"] = row.session_key
    assert thief.get("/account").status_code == 302


def test_an_unused_session_ends_after_a_fortnight(firefox):
    row = Session.objects.get(user__isnull=False)
    assert abs(row.expire_date - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    Session.objects.update(expire_date=F("expire_date") - timedelta(days=14, minutes=1))
    assert firefox.get(URL).status_code == 401


def test_ended_sessions_are_cleared_by_djangos_command(firefox):
    kept = Session.objects.get(user__isnull=False)
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now())
    call_command("clearsessions")
    assert list(Session.objects.all()) == [kept]


def shift(firefox, **seconds):
    """Let time pass for a session."""
    session = firefox.session
    for name, amount in seconds.items():
        session[name] -= amount
    session.save()


def test_a_used_session_goes_on_and_is_written_once_an_hour(firefox):
    before = Session.objects.get(user__isnull=False)
    firefox.get(URL)
    assert Session.objects.get(pk=before.pk).seen_at == before.seen_at
    shift(firefox, seen=3601)
    firefox.get(URL)
    after = Session.objects.get(pk=before.pk)
    assert time.time() - after.seen_at.timestamp() < 60


def test_a_session_ends_after_a_month_however_often_it_is_used(firefox):
    shift(firefox, started=29 * 86_400, seen=3601)
    firefox.get(URL)
    row = Session.objects.get(user__isnull=False)
    assert abs(row.expire_date - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)


def test_what_cannot_be_undone_asks_again_after_a_quarter_of_an_hour(firefox):
    assert firefox.get("/account/data").status_code == 200
    before = firefox.cookies["session"].value
    shift(firefox, started=901, proved=901)
    asked = firefox.get("/account/data")
    assert asked["Location"] == "/account/prove?next=%2Faccount%2Fdata"
    assert firefox.post("/account/data/export").status_code == 302
    wrong = {"password": PASSWORD.upper(), "next": "/account/data"}
    assert firefox.post("/account/prove", wrong, format="multipart").status_code == 200
    right = {"password": PASSWORD, "next": "/account/data"}
    assert firefox.post("/account/prove", right, format="multipart")["Location"] == "/account/data"
    assert firefox.cookies["session"].value != before
    assert firefox.get("/account/data").status_code == 200
