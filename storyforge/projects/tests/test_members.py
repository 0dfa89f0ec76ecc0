"""Who is in a project: the owner decides, and stays."""

from __future__ import annotations

import pytest

from conftest import make_user
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import ALLOWED, Action, Role


@pytest.fixture
def url(project):
    return f"/api/v1/projects/{project.pk}/members"


def code(response):
    return response.status_code, response.json().get("error_code")


def members(client, url):
    return {m["email"].partition("@")[0]: m["role"] for m in client.get(url).json()}


def member_url(url, user):
    return f"{url}/{Membership.objects.get(user=user).pk}"


def test_a_new_role_counts_at_once(alice, vera, url, project):
    assert code(vera.post("/api/v1/characters", {"project": str(project.pk), "name": "Mara"})) == (
        403,
        "role_too_low",
    )
    assert alice.patch(member_url(url, vera.user), {"role": "editor"}).status_code == 200
    body = {"project": str(project.pk), "name": "Mara"}
    assert vera.post("/api/v1/characters", body).status_code == 201


def test_removing_somebody_closes_the_door(alice, bob, url, project):
    assert bob.get(f"/api/v1/projects/{project.pk}").status_code == 200
    assert alice.delete(member_url(url, bob.user)).status_code == 204
    assert code(bob.get(f"/api/v1/projects/{project.pk}")) == (404, "not_found")


@pytest.mark.parametrize("persona", ["bob", "carol", "vera"])
def test_everybody_but_the_owner_may_leave(persona, url, alice, request):
    leaving = request.getfixturevalue(persona)
    assert leaving.delete(member_url(url, leaving.user)).status_code == 204
    assert members(alice, url) == {"alice": "owner"}
    assert code(leaving.get(url)) == (404, "not_found")


def test_leaving_is_ones_own_only(alice, bob, vera, url):
    assert code(bob.delete(member_url(url, vera.user))) == (403, "role_too_low")
    assert code(vera.delete(member_url(url, alice.user))) == (403, "role_too_low")
    assert members(alice, url) == {"alice": "owner", "bob": "editor", "vera": "viewer"}


def test_nobody_is_put_into_a_project_any_more(alice, url):
    make_user("dora")
    refused = alice.post(url, {"email": "dora@example.org", "role": "editor"})
    assert code(refused) == (405, "method_not_allowed")
    assert members(alice, url) == {"alice": "owner"}


def test_the_owner_stays(alice, url):
    for method in (alice.delete, alice.patch):
        assert code(method(member_url(url, alice.user), {"role": "viewer"})) == (
            409,
            "state_conflict",
        )
    assert code(alice.patch(member_url(url, alice.user), {"role": "owner"})) == (
        409,
        "state_conflict",
    )


@pytest.mark.parametrize("role", ["owner", "king", "", None])
def test_nobody_becomes_owner(alice, vera, url, role):
    assert code(alice.patch(member_url(url, vera.user), {"role": role})) == (
        400,
        "validation_error",
    )


def test_vera_cannot_raise_herself(vera, url):
    assert code(vera.patch(member_url(url, vera.user), {"role": "editor"})) == (
        403,
        "role_too_low",
    )


def test_a_member_of_one_project_is_not_found_in_another(alice, bob, project):
    other = Project.start(alice.user, name="Second")
    here = Membership.objects.get(user=bob.user)
    path = f"/api/v1/projects/{other.pk}/members/{here.pk}"
    assert code(alice.delete(path)) == (404, "not_found")


def test_every_role_that_may_do_more_may_also_see():
    for action, roles in ALLOWED.items():
        assert roles <= ALLOWED[Action.VIEW], action
        assert Role.OWNER in roles, action
