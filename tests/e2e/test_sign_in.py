"""Second factors in a real browser; its virtual authenticator stands in for finger and face."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from storyforge.accounts.models import AuditEntry
from storyforge.accounts.tests.test_second_factor import code_now, half_a_minute_later

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long password 1"  # noqa: S105 - of conftest.make_user


@pytest.fixture(autouse=True)
def _long_keys(settings):
    settings.FIELD_ENCRYPTION_KEYS = ["k" * 32]


@pytest.fixture
def laptop(context, page):
    """A device with a screen lock that holds passkeys, by the DevTools protocol."""
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def unlocked(yes):
        tools.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": made["authenticatorId"], "isUserVerified": yes},
        )

    return unlocked


def password_step(page, live_server):
    page.goto(f"{live_server.url}/sign-in")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.locator("summary[aria-label^=Account]").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_a_passkey_is_made_and_signs_in_alone_and_as_second_step(
    studio, live_server, laptop, mailoutbox
):
    page = studio("/account/security")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Alice's laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recovery codes")
    expect(page.locator(".codes li")).to_have_count(10)
    assert [letter.subject for letter in mailoutbox] == [
        "How you sign in to Storyforge was changed"
    ]

    page = studio("/account/security")
    expect(page.get_by_text("Alice's laptop").first).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/")

    sign_out(page)
    password_step(page, live_server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{live_server.url}/")
    assert AuditEntry.objects.filter(action="sign_in").count() == 2


def test_a_locked_device_signs_nobody_in(studio, live_server, laptop):
    page = studio("/account/security/passkeys")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recovery codes")
    sign_out(page)
    laptop(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible(timeout=30_000)
    assert page.goto(f"{live_server.url}/account").url.startswith(f"{live_server.url}/sign-in")


def test_an_app_is_set_up_and_its_code_asked_for(studio, live_server, page, alice_user):
    studio("/account/security")
    page.get_by_role("link", name="Set up an authenticator app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    assert page.locator(".qr").evaluate("image => image.naturalWidth") > 0
    secret = page.locator("code").first.inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_now(secret, within=8))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recovery codes")
    recovery = page.locator(".codes li").first.inner_text()
    sign_out(page)

    password_step(page, live_server)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    half_a_minute_later(alice_user)
    page.get_by_label("Code").fill(code_now(secret, within=8))
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(f"{live_server.url}/")

    sign_out(page)
    password_step(page, live_server)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(f"{live_server.url}/")

    studio("/account/security")
    expect(page.get_by_text("9 of 10 left")).to_be_visible()
    page.get_by_role("button", name="Remove the authenticator app").click()
    expect(page.get_by_text("It is removed.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_everything_is_fetched_and_then_deleted(studio, live_server, alice_user, project):
    page = studio("/account/data")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Download everything").click()
    assert re.fullmatch(r"storyforge-\d{4}-\d\d-\d\d\.zip", fetched.value.suggested_filename)
    page.get_by_label("Type your address").fill("alice@example.org")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your account is deleted")
    password_step(page, live_server)
    expect(page.get_by_text("The address or the password is not right")).to_be_visible()
