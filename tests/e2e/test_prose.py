"""A long text in the browser: drawn from Markdown, edited as it was typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from canon.models import Character
from tests.e2e.test_every_page import keep_picture, problems_of
from tests.make import make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TEXT = "He *never* sleeps.\n\n- keeps a log\n- see [the pier](https://pier.example/a)"


def test_a_profile_shows_emphasis_and_gives_the_text_as_typed_to_edit(studio, project, page):
    keeper = make(Character, project, name="Ivo", personality=TEXT)
    studio(f"/projects/{project.pk}/characters/{keeper.pk}")
    field = page.locator("[data-name=personality]")
    expect(field.locator("em")).to_have_text("never")
    expect(field.get_by_role("listitem")).to_have_count(2)
    expect(field.get_by_text("(pier.example)")).to_be_visible()
    assert problems_of(page, studio) == []
    keep_picture(page, "prose-desktop-light")
    field.get_by_role("button", name="Edit").click()
    expect(field.get_by_role("textbox")).to_have_value(TEXT)
    field.get_by_role("textbox").fill("He *always* sleeps.")
    field.get_by_role("button", name="Save").click()
    expect(field.locator("p.value")).to_have_text("He *always* sleeps.")
    expect(field.locator("em")).to_be_hidden()
    page.reload()
    expect(field.locator("em")).to_have_text("always")
