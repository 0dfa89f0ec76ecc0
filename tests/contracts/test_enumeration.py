"""Whether an address has an account is told neither by words nor by work.

Time is measured in `tests/bench/bench_sign_in.py`. Here the work that takes it is counted: slow hashes of a password,
letters, and statements, of which each that writes is one the disk is waited for.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode
from rest_framework.test import APIClient

from conftest import make_user
from storyforge.accounts import joining, links
from storyforge.accounts.links import Link
from storyforge.accounts.mail import write
from storyforge.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbor at dusk"  # noqa: S105
ADDRESSES = {
    "unknown": "nobody@example.org",
    "known": "ada@example.org",
    "disabled": "dan@example.org",
    "unconfirmed": "una@example.org",
}
WRITES = re.compile("INSERT|UPDATE")
AHEAD = re.compile(r"^SELECT set_config\(.*?\); ")
hashed: list[str] = []


class Counting(MD5PasswordHasher):
    """Keeps what it is given to hash."""

    def encode(self, password, salt):
        hashed.append(password)
        return super().encode(password, salt)


@pytest.fixture
def people(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    make_user("ada")
    for name, change in {"dan": {"is_active": False}, "una": {"confirmed_at": None}}.items():
        user = make_user(name)
        type(user).objects.filter(pk=user.pk).update(**change)
    hashed.clear()


def told(answer):
    """An answer without what is new each time."""
    return answer.status_code, {**answer.json(), "request_id": ""}


def of_each(ask):
    """What each sort of address is told, how many passwords were hashed for it, and what the database was asked."""
    found = {}
    ask(APIClient(), "warm@example.org")
    for name, address in ADDRESSES.items():
        hashed.clear()
        with CaptureQueriesContext(connection) as captured:
            answer = told(ask(APIClient(), address))
        verbs = Counter(WRITES.sub("WRITE", query["sql"].split()[0]) for query in told_of(captured))
        found[name] = (answer, len(hashed), sorted(verbs.items()))
    return found


def told_of(captured):
    """The statements, without what is sent ahead of them to say for whom they are."""
    return [{"sql": AHEAD.sub("", query["sql"])} for query in captured.captured_queries]


def all_alike(found):
    return len({repr(told_and_done) for told_and_done in found.values()}) == 1


def test_a_wrong_sign_in_is_one_hash_for_every_address(people):
    found = of_each(
        lambda client, email: client.post(
            reverse("auth-login"), {"email": email, "password": PASSWORD}
        )
    )
    assert all_alike(found), found
    assert found["unknown"][0][0] == 401
    assert found["unknown"][1] == 1


def test_registering_is_one_hash_for_every_address(people, mailoutbox):
    found = of_each(
        lambda client, email: client.post(
            reverse("auth-register"), {"email": email, "password": PASSWORD}
        )
    )
    assert all_alike(found), found
    assert found["unknown"][1] == 1
    assert ("WRITE", 1) in found["unknown"][2]


def test_a_link_to_nobody_is_looked_at_like_one_to_somebody(people, monkeypatch):
    """The proof of a made-up link is computed either way, and then refused."""
    computed = []
    make = Link._make_hash_value

    def making(self, user, timestamp):
        computed.append(user.pk)
        return make(self, user, timestamp)

    token = links.confirm.make_token(User(pk=1, password="?"))  # noqa: S106
    monkeypatch.setattr(Link, "_make_hash_value", making)
    told_of_each, counts = set(), set()
    for pk in (*User.objects.values_list("pk", flat=True), 10**12):
        for name in ("auth-confirm", "auth-reset"):
            computed.clear()
            uid = urlsafe_base64_encode(str(pk).encode())
            body = {"uid": uid, "token": token, "password": PASSWORD}
            told_of_each.add(repr(told(APIClient().post(reverse(name), body))))
            counts.add(len(computed))
    assert len(told_of_each) == 1
    assert counts == {1}


def test_a_lost_password_is_a_letter_for_every_address_that_is_sent_to_the_known(
    people, mailoutbox, monkeypatch
):
    written = []

    def writing(user, letter, **context):
        written.append(letter)
        return write(user, letter, **context)

    monkeypatch.setattr(joining, "write", writing)
    found = of_each(lambda client, email: client.post(reverse("auth-forgot"), {"email": email}))
    assert all_alike(found), found
    assert written == ["reset"] * (1 + len(ADDRESSES))
    assert sorted(letter.to[0] for letter in mailoutbox) == ["ada@example.org", "una@example.org"]
