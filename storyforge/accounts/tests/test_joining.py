"""Making an account, confirming its address, a new password: the same answers for every address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from storyforge.accounts import links
from storyforge.accounts.models import TokenFamily, User
from storyforge.accounts.tests.conftest import PASSWORD, bearer, code, link_in
from storyforge.core import clock

OTHER = "another harbor at dawn"
CSRF = re.compile(r'value="[\w-]{64}"|content="[\w-]{64}"')
pytestmark = pytest.mark.django_db


def register(client, **fields):
    return client.post("/register", {"email": "ada@example.org", "password": PASSWORD, **fields})


def can_sign_in(password, email="ada@example.org"):
    client = Client()
    client.post("/sign-in", {"username": email, "password": password})
    return "_auth_user_id" in client.session


def test_ada_registers_follows_the_link_and_signs_in(client, mailoutbox):
    page = register(client, name="Ada")
    assert "Look into your mail" in page.content.decode()
    assert not can_sign_in(PASSWORD)
    (letter,) = mailoutbox
    assert letter.to == ["ada@example.org"]
    path = link_in(letter)
    assert client.get(path).status_code == 200
    assert not can_sign_in(PASSWORD), "reading the page confirms nothing: mail programs do that"
    assert "confirmed" in client.post(path, {"password": PASSWORD}).content.decode()
    assert can_sign_in(PASSWORD)
    assert User.objects.get().name == "Ada"
    assert client.post(path).status_code == 410


def test_without_confirmation_an_account_is_used_at_once(client, settings, mailoutbox):
    settings.EMAIL_CONFIRMATION = False
    assert "You can sign in now" in register(client).content.decode()
    assert mailoutbox == []
    assert can_sign_in(PASSWORD)


def told(answer):
    """What a stranger sees, but for what differs each time."""
    text = CSRF.sub("TOKEN", answer.content.decode())
    return answer.status_code, re.sub(r'"request_id":"\w+"', "", text)


@pytest.mark.parametrize("confirmation", [True, False])
def test_registering_tells_nobody_who_has_an_account(ada, settings, confirmation):
    settings.EMAIL_CONFIRMATION = confirmation
    known = told(register(Client(), password=OTHER))
    unknown = told(register(Client(), password=OTHER, email="eva@example.org"))
    assert known == (unknown[0], unknown[1].replace("eva@", "ada@"))
    body = {"password": OTHER}
    known = told(APIClient().post("/api/v1/auth/register", {"email": "ada@example.org", **body}))
    unknown = told(APIClient().post("/api/v1/auth/register", {"email": "eve@example.org", **body}))
    assert known == unknown


def test_a_known_address_gets_a_letter_and_keeps_its_password(ada, client, mailoutbox):
    register(client, email="ADA@example.org", password=OTHER, name="Mallory")
    assert [letter.subject for letter in mailoutbox] == ["You already have a Storyforge account"]
    assert can_sign_in(PASSWORD)
    assert not can_sign_in(OTHER)
    assert User.objects.get().name == "Ada"


def test_an_address_nobody_confirmed_belongs_to_who_registers_it_last(client, mailoutbox):
    register(client, password=OTHER)
    register(client)
    early, late = (link_in(letter) for letter in mailoutbox)
    assert client.post(early, {"password": OTHER}).status_code == 410
    assert "is confirmed" in client.post(late, {"password": PASSWORD}).content.decode()
    assert can_sign_in(PASSWORD)
    assert not can_sign_in(OTHER)


@pytest.mark.parametrize("first", [PASSWORD, OTHER], ids=["ada", "mallory"])
def test_a_stranger_who_registers_an_address_gets_no_account_of_its_owner(
    client, api, mailoutbox, first
):
    """Mallory registers ada's address, before or after her, and waits for her to follow a letter."""
    passwords = (PASSWORD, OTHER) if first == PASSWORD else (OTHER, PASSWORD)
    for password in passwords:
        register(client, password=password)
    for letter, password in zip(mailoutbox, passwords, strict=True):
        if password == OTHER:
            page = client.post(link_in(letter), {"password": PASSWORD})
            assert "is confirmed" not in page.content.decode()
            uid, token = link_in(letter).split("/")[-2:]
            body = {"uid": uid, "token": token, "password": PASSWORD}
            assert api.post("/api/v1/auth/confirm", body).status_code in (401, 410)
    assert not can_sign_in(OTHER)


def test_the_link_alone_confirms_nothing(client, api, mailoutbox):
    register(client)
    path = link_in(mailoutbox[0])
    uid, token = path.split("/")[-2:]
    for body in ({}, {"password": ""}, {"password": OTHER}):
        assert "is confirmed" not in client.post(path, body).content.decode()
    url = "/api/v1/auth/confirm"
    assert code(api.post(url, {"uid": uid, "token": token})) == (400, "validation_error")
    wrong = {"uid": uid, "token": token, "password": OTHER}
    assert code(api.post(url, wrong)) == (401, "sign_in_refused")
    assert User.objects.get().confirmed_at is None


def test_who_lost_the_race_for_an_address_has_it_by_a_letter(client, mailoutbox):
    register(client, password=OTHER)
    client.post("/password/forgot", {"email": "ada@example.org"})
    client.post(link_in(mailoutbox[-1]), {"password": PASSWORD})
    assert can_sign_in(PASSWORD)
    assert not can_sign_in(OTHER)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "password1234",
        "ada@example.org",
        "",
        "x" * 1_001,
        "StoryForge2026!",
        "admin-studio-1",
    ],
)
def test_a_weak_password_is_refused(client, password):
    response = register(client, password=password)
    assert response.status_code == 200
    body = {"email": "ada@example.org", "password": password}
    assert code(APIClient().post("/api/v1/auth/register", body)) == (400, "validation_error")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "words in a row",
        "83920175620184",
        "a story about a whale",
        "\u6d77\u8fb9\u7684\u706f\u5854" * 3,
        " x y z " * 3,
    ],
)
def test_a_long_password_of_any_kind_is_accepted(client, password):
    register(client, password=password)
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize("email", ["", "ada", "a\0da@example.org", f"{'a' * 400}@example.org"])
def test_an_address_must_be_one(client, email):
    assert register(client, email=email).status_code == 200
    assert not User.objects.exists()


def test_a_closed_door_is_no_door(client, settings):
    settings.REGISTRATION_OPEN = False
    assert client.get("/register").status_code == 404
    assert register(client).status_code == 404
    body = {"email": "ada@example.org", "password": PASSWORD}
    assert code(APIClient().post("/api/v1/auth/register", body)) == (404, "not_found")
    assert not User.objects.exists()


def test_ada_gets_a_new_password_by_letter(ada, client, mailoutbox):
    client.post("/password/forgot", {"email": "Ada@Example.org"})
    path = link_in(mailoutbox[0])
    assert client.get(path).status_code == 200
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": OTHER}).status_code == 200
    assert can_sign_in(OTHER)
    assert not can_sign_in(PASSWORD)
    assert client.get(path).status_code == 410
    assert mailoutbox[-1].subject == "Your Storyforge password was changed"


def test_forgetting_tells_nobody_who_has_an_account(ada, mailoutbox):
    for path, status in (("/password/forgot", 200), ("/api/v1/auth/password/forgot", 202)):
        known = told(
            APIClient().post(
                path, {"email": "ada@example.org"}, "multipart" if status == 200 else "json"
            )
        )
        unknown = told(
            APIClient().post(
                path, {"email": "eva@example.org"}, "multipart" if status == 200 else "json"
            )
        )
        assert known == (status, unknown[1].replace("eva@", "ada@"))
    assert [letter.to for letter in mailoutbox] == [["ada@example.org"]] * 2


def test_a_reset_ends_every_sign_in(ada, client, api):
    client.force_login(ada)
    TokenFamily.start(ada)
    uid, token = links.reset.parts(ada)
    body = {"uid": uid, "token": token, "password": OTHER}
    assert api.post("/api/v1/auth/password/reset", body).status_code == 200
    assert client.get("/tokens").status_code == 302
    assert not TokenFamily.objects.filter(revoked_at=None).exists()
    assert code(api.post("/api/v1/auth/password/reset", body)) == (410, "link_dead")


def test_a_reset_over_the_api_holds_passwords_to_the_same_rules(ada, api):
    uid, token = links.reset.parts(ada)
    body = {"uid": uid, "token": token, "password": "short"}
    assert code(api.post("/api/v1/auth/password/reset", body)) == (400, "validation_error")


def test_an_address_is_confirmed_over_the_api(client, api, mailoutbox):
    register(client)
    uid, token = link_in(mailoutbox[0]).split("/")[-2:]
    body = {"uid": uid, "token": token, "password": PASSWORD}
    assert api.post("/api/v1/auth/confirm", body).status_code == 200
    assert can_sign_in(PASSWORD)
    assert code(api.post("/api/v1/auth/confirm", body)) == (410, "link_dead")


def test_a_reset_link_is_old_after_an_hour(ada, client, monkeypatch):
    path = links.reset.path(ada)
    assert client.get(path).status_code == 200
    later = clock.now() + timedelta(seconds=3601)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("route", ["confirm", "password/reset"])
@pytest.mark.parametrize("uid", ["MQ", "!", "AA", "LTE", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMA", "é"])
@pytest.mark.parametrize("token", ["abc-def", "-", "zzzzzzzzzzzzzzzzzz-x", "é", "x"])
def test_a_made_up_link_opens_nothing(ada, client, route, uid, token):
    assert client.get(f"/{route}/{uid}/{token}").status_code == 410
    assert client.post(f"/{route}/{uid}/{token}", {"password": OTHER}).status_code == 410


def test_a_link_for_one_thing_is_none_for_another(ada, client):
    uid, token = links.reset.parts(ada)
    assert client.get(f"/sign-in/{uid}/{token}").status_code == 410
    assert client.get(f"/confirm/{uid}/{token}").status_code == 410


def test_a_password_is_changed_by_who_knows_it(ada, login):
    client = bearer(login().json()["access_token"])
    url = "/api/v1/auth/password"
    wrong = {"current_password": OTHER, "password": OTHER}
    assert code(client.post(url, wrong)) == (403, "password_needed")
    short = {"current_password": PASSWORD, "password": "short"}
    assert code(client.post(url, short)) == (400, "validation_error")
    assert client.post(url, {**short, "password": OTHER}).status_code == 204
    assert can_sign_in(OTHER)


def test_a_browser_stays_signed_in_when_its_password_changes(ada):
    here, there = APIClient(), APIClient()
    here.force_login(ada)
    there.force_login(ada)
    body = {"current_password": PASSWORD, "password": OTHER}
    assert here.post("/api/v1/auth/password", body).status_code == 204
    assert here.get("/api/v1/me").status_code == 200
    assert there.get("/api/v1/me").status_code == 401


def test_letters_lead_to_the_public_address(ada, client, settings, mailoutbox):
    settings.PUBLIC_URL = "https://studio.example/"
    client.post("/password/forgot", {"email": "ada@example.org"})
    assert "https://studio.example/password/reset/" in mailoutbox[0].body


def test_a_link_of_yesterday_opens_no_account_confirmed_since(client, mailoutbox):
    register(client)
    User.objects.update(confirmed_at=timezone.now() - timedelta(seconds=1))
    assert client.post(link_in(mailoutbox[0])).status_code == 410


def test_an_address_gets_so_many_letters_an_hour_from_wherever_they_are_asked(
    ada, settings, mailoutbox
):
    """And nobody learns of it, or whether there is an account: what is counted is what was typed."""
    settings.RATE_LIMITS = True
    settings.RATES = {**settings.RATES, "letters": "3/hour"}
    told = set()
    for number in range(5):
        for name in ("ada", "Ada", "nobody"):
            asker = APIClient(REMOTE_ADDR=f"10.78.{number}.{len(told)}")
            answer = asker.post("/api/v1/auth/password/forgot", {"email": f"{name}@example.org"})
            told.add((answer.status_code, answer.json()["detail"], answer.get("Retry-After")))
        new = {"email": "ada@example.org", "password": "a quiet harbor at dawn"}
        asker = APIClient(REMOTE_ADDR=f"10.79.{number}.1")
        assert asker.post("/api/v1/auth/register", new).status_code == 202
    assert len(told) == 1
    assert [letter.to for letter in mailoutbox] == [["ada@example.org"]] * 3
