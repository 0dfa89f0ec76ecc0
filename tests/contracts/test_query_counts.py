"""Lists cost the same number of queries for few rows and for many: no query hides in a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from canon.models import Character
from conftest import client_of, make_user
from scriptwriter.models import Book, Script
from storyforge.accounts.models import APIToken
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.jobs.models import Job
from storyforge.projects.models import Invitation, Membership, Project
from storyforge.projects.roles import Role
from storyforge.webhooks.models import Delivery
from tests.contracts.operations import api_operations
from tests.contracts.rules import RULES, Door
from tests.make import make, make_with_children

LISTS = [
    op
    for op in api_operations()
    if RULES[op.key].door == Door.LIST
    and op.name not in ("project-list", "token-list", "provider-key-list")
]
OWN_ADMINS = [
    model
    for model in admin.site._registry
    if model.__module__.split(".")[0] in ("storyforge", "canon", "scriptwriter", "worldgen")
]
PAGES = {
    "books": Book,
    "characters": Character,
    "scripts": Script,
    "jobs": Job,
    "project": Book,
    "webhooks": Delivery,
}


def queries(client, url):
    """How many queries the answer takes, and their texts for the message of a failure."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"][:200] for query in captured.captured_queries]


def assert_constant(client, url, grow):
    """The same number of queries before and after the list has grown."""
    client.get(url)  # caches of the process, such as content types
    few = queries(client, url)
    grow()
    many = queries(client, url)
    assert len(many) == len(few), [q for q in many if q not in few][:5]


@pytest.mark.parametrize("operation", LISTS, ids=lambda op: op.key)
def test_a_list_of_nine_costs_what_a_list_of_three_costs(operation, alice, project):
    model = operation.view.queryset.model

    def grow(count=6):
        for _ in range(count):
            make_with_children(model, project)

    grow(3)
    assert_constant(alice, reverse(operation.name), grow)
    shown = alice.get(reverse(operation.name)).json()["results"]
    assert len(shown) >= 9


def test_projects_members_and_tokens_are_listed_at_a_constant_cost(alice, project):
    def grow():
        for _ in range(6):
            Project.start(alice.user, name="More")
            APIToken.issue(alice.user, name="laptop", scope="read")
            user = make_user(f"person{Membership.objects.count()}")
            Membership.objects.create(project=project, user=user, role=Role.VIEWER)
            make(Invitation, project, expires_at=timezone.now() + timedelta(days=1))

    grow()
    for url in (
        "/api/v1/projects",
        "/api/v1/tokens",
        f"/api/v1/projects/{project.pk}/members",
        f"/api/v1/projects/{project.pk}/invitations",
        f"/projects/{project.pk}/members",
        "/",
    ):
        assert_constant(alice, url, grow)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_nine_costs_what_a_page_of_three_costs(name, alice, project):
    def grow(count=6):
        for _ in range(count):
            make_with_children(PAGES[name], project)

    grow(3)
    assert_constant(alice, reverse(name, args=[project.pk]), grow)


@pytest.fixture
def staff(project):
    user = make_user("sarah")
    user.is_staff = user.is_superuser = True
    user.save()
    client = client_of(user)
    session = client.session
    session[SESSION_MARK] = True
    session.save()
    return client


@pytest.mark.parametrize("model", OWN_ADMINS, ids=lambda m: m._meta.label)
def test_an_admin_list_of_nine_costs_what_a_list_of_three_costs(model, staff, project):
    def grow(count=6):
        for _ in range(count):
            make(model, project)

    grow(3)
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert_constant(staff, reverse(f"admin:{name}_changelist"), grow)


@pytest.mark.parametrize("model", OWN_ADMINS, ids=lambda m: m._meta.label)
def test_an_admin_page_opens(model, staff, project):
    row = make_with_children(model, project)
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert staff.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200
    request = RequestFactory().get("/")
    request.user = staff.user
    may_add = admin.site._registry[model].has_add_permission(request)
    assert staff.get(reverse(f"admin:{name}_add")).status_code == (200 if may_add else 403)


def test_the_admin_is_for_staff_only(alice):
    assert alice.get("/admin/").status_code == 302
