"""How passwords are kept: Argon2id at OWASP's parameters, and bcrypt's until the next sign-in."""

from __future__ import annotations

import hashlib

import bcrypt
import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client

from storyforge.accounts.models import User
from storyforge.accounts.passwords import is_listed, problems_with
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


def hashed(password):
    return hashlib.sha1(password.encode()).hexdigest().upper()  # noqa: S324 - the list's own


@pytest.fixture
def stolen(tmp_path):
    """A list as Have I Been Pwned offers it: sorted hashes, each with how often it was seen."""
    words = [f"stolen password {n}" for n in range(300)]
    path = tmp_path / "stolen.txt"
    lines = [f"{digest}:{n * 37}" for n, digest in enumerate(sorted(map(hashed, words)))]
    path.write_bytes("\r\n".join(lines).encode())
    return path, words


def test_every_password_of_a_list_is_found_and_no_other(stolen):
    path, words = stolen
    assert [w for w in words if not is_listed(w, path)] == []
    assert [n for n in range(300) if is_listed(f"another password {n}", path)] == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"no hashes at all\n" * 9])
def test_a_list_without_hashes_holds_nothing(tmp_path, content):
    (tmp_path / "odd").write_bytes(content)
    assert not is_listed(PASSWORD, tmp_path / "odd")


@pytest.mark.django_db
def test_a_stolen_password_is_refused_where_one_is_chosen(stolen, settings, client):
    path, words = stolen
    body = {"email": "new@example.org", "password": words[7]}
    assert problems_with(words[7], User(email="new@example.org")) == []
    settings.BREACHED_PASSWORDS_FILE = str(path)
    answer = client.post("/api/v1/auth/register", body, content_type="application/json")
    assert answer.status_code == 400
    assert "stolen" in answer.json()["errors"]["password"][0]
    assert not User.objects.filter(email="new@example.org").exists()
    other = body | {"password": "nobody has stolen this one"}
    answer = client.post("/api/v1/auth/register", other, content_type="application/json")
    assert answer.status_code == 202
