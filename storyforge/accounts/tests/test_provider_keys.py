"""A person's own key: stored encrypted, never given back, sent where the operator allows."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection

from conftest import client_of
from storyforge.accounts.models import ProviderKey

pytestmark = pytest.mark.django_db
URL = "/api/v1/provider-keys"
KEY = "sk-sentinel-4f1d-never-to-be-seen-Zq9x"


@pytest.fixture
def own(ada):
    return client_of(ada)


@pytest.fixture
def stored(own):
    response = own.post(URL, {"key": KEY})
    assert response.status_code == 201, response.json()
    return response


def test_a_key_is_shown_by_its_last_four_characters_only(stored, own):
    assert stored.json()["last4"] == "Zq9x"
    assert stored.json()["endpoint"] == "https://api.anthropic.com"
    for answer in (stored, own.get(URL), own.get("/own-key")):
        assert KEY not in answer.content.decode()
        assert "Zq9x" in answer.content.decode()


def test_no_table_of_the_database_holds_the_key(stored):
    tables = connection.introspection.table_names()
    assert "accounts_providerkey" in tables
    with connection.cursor() as cursor:
        for table in tables:
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name} t WHERE t::text LIKE %s", [f"%{KEY}%"])  # noqa: S608
            assert cursor.fetchone() == (0,), table
    assert ProviderKey.objects.get().key == KEY


def test_no_line_of_the_log_holds_the_key(own, caplog):
    with caplog.at_level(0):
        own.post(URL, {"key": KEY})
        own.post(URL, {"key": KEY, "endpoint": "https://elsewhere.example"})
        own.post(URL, {"key": KEY, "model": "two words"})
        own.get("/own-key")
    assert KEY not in caplog.text


def test_a_new_key_takes_the_place_of_the_old_one(stored, own, ada):
    own.post(URL, {"key": "sk-another-key-0123456789", "model": "claude-haiku-5"})
    assert [row["last4"] for row in own.get(URL).json()["results"]] == ["6789"]
    assert ProviderKey.of(ada.pk).model == "claude-haiku-5"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "https://evil.example"), ("endpoint", "http://127.0.0.1:8080"),
        ("endpoint", "https://api.anthropic.com.evil.example"), ("endpoint", ""),
        ("key", "short"), ("key", "sk-with a space-0123456789"), ("key", "sk-ключ-0123456789abc"),
        ("key", "sk-line\r\nX-Evil: 1-0123456789"), ("key", ""), ("model", "two words"), ("model", ""),
    ],
)  # fmt: skip
def test_what_is_no_key_or_no_allowed_endpoint_is_refused(field, value, own):
    response = own.post(URL, {"key": KEY, field: value})
    assert (response.status_code, response.json()["error_code"]) == (400, "validation_error")
    assert list(response.json()["errors"]) == [field]
    assert KEY not in response.content.decode()
    assert not ProviderKey.objects.exists()


def test_a_key_for_an_endpoint_that_left_the_list_is_not_used(stored, own, ada, settings):
    assert ProviderKey.pays_for(ada.pk)
    settings.AI_KEY_ENDPOINTS = ["https://models.example"]
    assert not ProviderKey.pays_for(ada.pk)
    assert ProviderKey.of(ada.pk) is None
    assert "not used" in own.get("/own-key").content.decode()


def test_deleting_it_leaves_nothing(stored, own, ada):
    assert own.delete(f"{URL}/{stored.json()['id']}").status_code == 204
    assert not ProviderKey.objects.exists()
    assert not ProviderKey.pays_for(ada.pk)


def test_after_a_rotation_of_keys_the_old_one_is_not_needed(stored, settings):
    settings.FIELD_ENCRYPTION_KEYS = ["new " * 10, settings.SECRET_KEY]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert "accounts.ProviderKey: 1 rows" in out.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = ["new " * 10]
    assert ProviderKey.objects.get().key == KEY
