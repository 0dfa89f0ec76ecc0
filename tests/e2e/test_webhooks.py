"""The owner's page of webhooks: made, tried, replaced, sent again, all in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from storyforge.webhooks.models import Delivery, Endpoint
from storyforge.webhooks.tests.conftest import receiver  # noqa: F401
from tests.e2e.conftest import SIZES
from tests.e2e.test_every_page import keep_picture, problems_of
from tests.make import make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
LONG = "https://hooks.example.com/" + "a-long-unbroken-path" * 20


def test_a_webhook_from_its_first_secret_to_a_second_sending(
    studio,
    page,
    project,
    receiver,  # noqa: F811
    work,
):
    studio(f"/projects/{project.pk}")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("textbox", name="Address").fill(receiver.url)
    page.get_by_role("textbox", name="What it is for").fill("Build server")
    page.get_by_label("canceled").uncheck()
    page.get_by_role("button", name="Add the address").click()
    shown = page.get_by_role("textbox", name="New secret")
    expect(shown).to_be_visible()
    expect(shown).to_have_value(Endpoint.objects.get().secret)
    assert Endpoint.objects.get().events == ["job.completed", "job.failed"]
    expect(page.get_by_role("region", name="Addresses")).to_contain_text("Build server")

    page.get_by_role("button", name="Send a test").click()
    table = page.get_by_role("table")
    expect(table).to_contain_text("pending")
    work()
    page.get_by_role("link", name="Look again").click()
    expect(table).to_contain_text("answered 204")
    page.get_by_role("button", name="Send again").click()
    expect(table).to_contain_text("pending")
    work()
    assert len({each.headers["webhook-id"] for each in receiver.heard}) == 1
    assert len(receiver.heard) == 2

    page.reload()
    page.get_by_text("Change Build server").click()
    page.get_by_role("button", name="Replace the secret").click()
    expect(shown).to_be_visible()
    expect(shown).to_have_value(Endpoint.objects.get().secret)
    Webhook(Endpoint.objects.get().old_secret).verify(
        receiver.heard[0].body, receiver.heard[0].headers
    )


def test_an_inner_address_is_refused_in_plain_words(studio, page, project):
    studio(f"/projects/{project.pk}/webhooks")
    page.get_by_role("textbox", name="Address").fill("https://10.0.0.1/hook")
    page.get_by_role("button", name="Add the address").click()
    expect(page.get_by_role("alert").filter(has_text="not a public one")).to_be_visible()
    # The browser notes each refused request in its console.
    studio.complaints[:] = [c for c in studio.complaints if "400 (Bad Request)" not in c]
    assert not Endpoint.objects.exists()


def test_switching_off_and_on_and_deleting_with_the_keyboard(studio, page, project):
    Endpoint.start(project=project, url="https://example.com/hook")
    studio(f"/projects/{project.pk}/webhooks")
    for name in ("Switch off", "Switch on", "Delete"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    assert not Endpoint.objects.exists()


def test_the_page_holds_long_words_and_many_states(studio, page, project):
    first = Endpoint.start(project=project, url=LONG[:480], description="x" * 80)
    off = Endpoint.start(project=project, url=LONG[:300])
    Endpoint.objects.filter(pk=off.pk).update(off="failing", failing_since="2026-11-18T08:00Z")
    for status in Delivery.Status.values:
        tries = [{"status": None, "error_code": "receiver_unreachable"}]
        make(Delivery, project, endpoint=first, event="job.failed", status=status, tries=tries)
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            studio(f"/projects/{project.pk}/webhooks")
            page.get_by_text("Change").first.click()
            keep_picture(page, f"webhooks-full-{size}-{theme}")
            found += [f"{size} {theme}: {p}" for p in problems_of(page, studio)]
    assert not found, "\n".join(found)
