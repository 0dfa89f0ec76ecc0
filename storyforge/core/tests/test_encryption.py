"""Secrets at rest: unreadable without the keys, readable through a change of keys."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from storyforge import env
from storyforge.core.encryption import SecretUnreadable, decrypt, encrypt

OLD, NEW = "old " * 10, "new " * 10


def test_the_stored_text_holds_nothing_of_the_secret(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    assert "sesame" not in encrypt("open sesame")
    assert decrypt(encrypt("open sesame ✓")) == "open sesame ✓"
    assert encrypt("sesame") != encrypt("sesame")


def test_a_new_key_writes_and_the_old_one_still_reads(settings):
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    before = encrypt("sesame")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(before) == "sesame"
    after = encrypt("sesame")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert decrypt(after) == "sesame"
    with pytest.raises(SecretUnreadable):
        decrypt(before)


def test_without_keys_of_its_own_the_installation_uses_its_secret_key(settings):
    settings.FIELD_ENCRYPTION_KEYS = []
    settings.SECRET_KEY = OLD
    before = encrypt("sesame")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(before) == "sesame"


def test_a_short_key_stops_the_start(monkeypatch):
    monkeypatch.setenv("TRIED_KEYS", f"{NEW},password1")
    monkeypatch.setattr(env, "DECLARED", {})
    with pytest.raises(ImproperlyConfigured, match="at least 32 characters") as caught:
        env.words("TRIED_KEYS", default=(), help="", secret=True, shortest=32)
    assert "password1" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "sesame", "gAAAAA", encrypt.__name__])
def test_what_is_no_token_is_not_read(token):
    with pytest.raises(SecretUnreadable):
        decrypt(token)
