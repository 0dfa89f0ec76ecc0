"""Whether an address has an account is told neither by words nor by work.

Time is not measured: the work that takes it is counted, one slow hash of a password and one letter.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse
from rest_framework.test import APIClient

from conftest import make_user
from storyforge.accounts import joining
from storyforge.accounts.mail import write

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbor at dusk"  # noqa: S105
ADDRESSES = {
    "unknown": "nobody@example.org",
    "known": "ada@example.org",
    "disabled": "dan@example.org",
    "unconfirmed": "una@example.org",
}
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
    """What each sort of address is told, and how many passwords were hashed for it."""
    found = {}
    for name, address in ADDRESSES.items():
        hashed.clear()
        answer = told(ask(APIClient(), address))
        found[name] = (answer, len(hashed))
    return found


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
    assert written == ["reset"] * len(ADDRESSES)
    assert sorted(letter.to[0] for letter in mailoutbox) == ["ada@example.org", "una@example.org"]
