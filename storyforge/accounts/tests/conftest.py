from __future__ import annotations

import re

import pytest
from rest_framework.test import APIClient

from storyforge.accounts.models import User

PASSWORD = "a quiet harbor at dusk"  # noqa: S105 - of accounts made here


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada@example.org", PASSWORD, name="Ada")


@pytest.fixture
def api(db):
    """Nobody's client."""
    return APIClient()


@pytest.fixture
def login(api):
    """Sign a REST client in; the answer."""

    def sign_in(email="ada@example.org", password=PASSWORD, **fields):
        body = {"email": email, "password": password, **fields}
        return api.post("/api/v1/auth/login", body)

    return sign_in


def bearer(access_token):
    return APIClient(headers={"Authorization": f"Bearer {access_token}"})


def code(response):
    return response.status_code, response.json().get("error_code")


def link_in(letter):
    """The path of the one link in a letter."""
    (found,) = re.findall(r"http://testserver(/\S+)", letter.body)
    return found
