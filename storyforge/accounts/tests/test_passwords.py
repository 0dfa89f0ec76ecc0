"""How passwords are kept: Argon2id at OWASP's parameters, and bcrypt's until the next sign-in."""

from __future__ import annotations

import bcrypt
import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client

from storyforge.accounts.models import User
from storyforge.accounts.tests.conftest import PASSWORD


@pytest.fixture
def real_hashers(settings):
    settings.PASSWORD_HASHERS = [
        "storyforge.accounts.hashers.Argon2id",
        "storyforge.accounts.hashers.Bcrypt",
    ]


def sign_in(client, password):
    return client.post("/sign-in", {"username": "ada@example.org", "password": password})


def brought(password):
    """As character-ecosystem kept it, with Django's name in front."""
    return f"bcrypt${bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()}"


def test_passwords_are_kept_as_argon2id(real_hashers):
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(encoded).verify(PASSWORD, encoded)


@pytest.mark.django_db
@pytest.mark.parametrize("password", [PASSWORD, "more than seventy-two bytes " * 4])
def test_a_bcrypt_hash_signs_in_once_and_is_renewed(real_hashers, password):
    user = User.objects.create(email="ada@example.org", password=brought(password))
    wrong = sign_in(Client(), "not this one at all")
    assert wrong.status_code == 200
    assert sign_in(Client(), password).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")
    assert sign_in(Client(), password).status_code == 302


@pytest.mark.django_db
def test_the_session_in_which_a_hash_is_renewed_goes_on(real_hashers, client):
    User.objects.create(email="ada@example.org", password=brought(PASSWORD))
    sign_in(client, PASSWORD)
    assert client.get("/").status_code == 200
