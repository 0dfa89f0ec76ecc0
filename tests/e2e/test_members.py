"""From an address to a member and away again, in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from conftest import make_user
from storyforge.projects.invitations import path_of
from storyforge.projects.models import Invitation, Membership
from tests.e2e.conftest import SIZES
from tests.e2e.test_every_page import keep_picture, problems_of
from tests.make import make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
LONG = "somebody-with-a-very-long-name-indeed-and-no-place-to-break-it@a-long-domain.example.org"


def sign_in(context, site, user):
    """The browser is this person's from now on."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])


def test_dora_is_invited_joins_gets_another_role_and_leaves(
    studio, page, context, site, project, mailoutbox
):
    dora = make_user("dora")
    studio(f"/projects/{project.pk}")
    page.get_by_role("link", name="Invite people").click()
    page.get_by_role("textbox", name="Address").fill("dora@example.org")
    page.get_by_label("Role").last.select_option("viewer")
    page.get_by_role("button", name="Send the invitation").click()
    waiting = page.get_by_role("region", name="Open invitations")
    expect(waiting).to_contain_text("dora@example.org")
    assert not Membership.objects.filter(user=dora).exists()

    link = re.search(r"/invitations/\S+", mailoutbox[-1].body)[0]
    sign_in(context, site, dora)
    studio(link)
    expect(page.get_by_text("alice@example.org")).to_be_visible()
    page.get_by_role("button", name="Join the project").click()
    expect(page.get_by_role("heading", name=project.name)).to_be_visible()

    sign_in(context, site, project.owner)
    studio(f"/projects/{project.pk}/members")
    people = page.get_by_role("region", name="In the project")
    expect(page.get_by_role("region", name="Open invitations")).to_contain_text("None.")
    people.get_by_text("Change the role of Dora").click()
    people.get_by_label("Role").select_option("editor")
    people.get_by_role("button", name="Save").click()
    expect(people).to_contain_text("editor")

    sign_in(context, site, dora)
    studio(f"/projects/{project.pk}/members")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    page.get_by_role("button", name="Leave the project").click()
    expect(page.get_by_role("heading", name="Your projects")).to_be_visible()
    assert not Membership.objects.filter(user=dora).exists()


def test_the_pages_are_readable_with_long_words_and_an_invitation_is_revoked(
    studio, page, context, site, project
):
    guest = make_user("bob")
    Membership.objects.create(project=project, user=guest, role="editor")
    week = timezone.now() + timedelta(days=7)
    row = make(
        Invitation, project, email=LONG, expires_at=week, project_name="Unbreakable" * 15,
        invited_by=project.owner,
    )  # fmt: skip
    found = shots(studio, page, f"/projects/{project.pk}/members", "members")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("region", name="Open invitations")).to_contain_text("None.")
    row.save(force_insert=True)
    sign_in(context, site, make_user(LONG.partition("@")[0]))
    type(guest).objects.filter(email__startswith="somebody").update(email=LONG)
    found += shots(studio, page, path_of(row), "invitation")
    assert not found, "\n".join(found)


def shots(studio, page, path, name):
    """What is wrong at two sizes and two themes."""
    found = []
    page.emulate_media(reduced_motion="reduce")
    for size, (width, height) in SIZES.items():
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=theme)
            studio(path)
            keep_picture(page, f"{name}-{size}-{theme}")
            found += [f"{name} {size} {theme}: {p}" for p in problems_of(page, studio)]
    return found
