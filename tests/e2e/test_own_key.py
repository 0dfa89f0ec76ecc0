"""One's own key in the browser: stored, shown by its end, deleted."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from storyforge.accounts.models import ProviderKey
from tests.e2e.conftest import SIZES
from tests.e2e.test_every_page import keep_picture, problems_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
KEY = "sk-sentinel-0123456789-Zq9x"


def test_a_key_is_stored_shown_by_its_end_and_deleted(studio, page, alice_user):
    studio("/")
    page.get_by_label("Account").click()
    page.get_by_role("link", name="Your own key").click()
    page.get_by_role("textbox", name="Key").fill(KEY)
    page.get_by_role("button", name="Store the key").click()
    expect(page.get_by_text("Zq9x")).to_be_visible()
    assert KEY not in page.content()
    assert ProviderKey.of(alice_user.pk).key == KEY
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            studio("/own-key")
            keep_picture(page, f"own-key-{size}-{theme}")
            found += [f"{size} {theme}: {p}" for p in problems_of(page, studio)]
    assert not found, "\n".join(found)
    page.get_by_role("button", name="Delete the key").click()
    expect(page.get_by_text("None. The studio's own writer is used")).to_be_visible()
    assert not ProviderKey.objects.exists()
