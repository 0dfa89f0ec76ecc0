"""A world of one row of each model, and all personas at its doors."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import set_response_etag
from rest_framework.test import APIClient

from conftest import client_of, make_user
from storyforge.accounts.models import APIToken, AuditEntry, ProviderKey, Session, User
from storyforge.accounts.sessions import SessionStore
from storyforge.generation.requests import generations
from storyforge.jobs.models import Job
from storyforge.projects.invitations import path_of
from storyforge.projects.models import Invitation, Membership, Project
from storyforge.projects.roles import Role
from storyforge.web.codes import catalog
from storyforge.webhooks.models import Delivery, Endpoint
from tests.contracts.operations import Operation
from tests.contracts.rules import ROLES, RULES
from tests.make import make, make_world
from worldgen.models import Campaign, LegalSystem, PCFact, PlayerCharacter

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
World = dict[type, Any]
NEW_EACH_TIME = ("X-Request-Id", "X-Process-Time")  # headers


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Alice's project with its members, a row of each model, and a token of hers.

    Made once a module, in a transaction that each request only borrows: hundreds of cells share it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_everything()
        connection.check_constraints()  # once, not at the end of each test
        yield made
        transaction.set_rollback(True)


def make_everything() -> World:
    """The rows of `world`; a user is found by their name."""
    world = rows_of(make_user("alice"))
    project = world[Project]
    for name, role in ROLES.items():
        if role and role != Role.OWNER:
            Membership.objects.create(project=project, user=make_user(name), role=role)
    for name in ("charlie", "dora", "sarah"):
        make_user(name)
    User.objects.filter(name="Sarah").update(is_staff=True, is_superuser=True)
    return world


def rows_of(owner: User) -> World:
    """A project of this person with a row of each model, and a row of each kind of their account."""
    project = Project.start(owner, name="The Lighthouse")
    ended = make(Job, project, status=Job.Status.COMPLETED, completed_at=timezone.now())
    webhook = make(Endpoint, project, off="")
    told = make(Delivery, project, endpoint=webhook, status=Delivery.Status.DELIVERED)
    world: World = make_world(project, known={Job: ended, Endpoint: webhook, Delivery: told})
    world[Project] = project
    guest, _ = User.objects.get_or_create(email="erin@example.org", defaults={"name": "Erin"})
    world[Membership] = Membership.objects.create(project=project, user=guest, role=Role.EDITOR)
    store = SessionStore()
    store["_auth_user_id"] = str(owner.pk)
    store.save()
    world[Session] = Session.objects.get(user=owner)
    world[APIToken], _ = APIToken.issue(owner, name="laptop", scope="read")
    world[ProviderKey] = make(
        ProviderKey, project, model="claude-sonnet-5-5", endpoint="https://models.example.org"
    )
    return world


@pytest.fixture(scope="module")
def personas(world) -> dict[str, APIClient]:
    """Clients by name, one without a session among them."""
    users = {user.name.lower(): user for user in User.objects.all()}
    return {name: client_of(users[name]) if name in users else APIClient() for name in ROLES}


def passing_by(project: Project, user: User, look: Callable[[], None]) -> None:
    """Let somebody into a project as an editor, look, and remove them: all over the API."""
    owner, guest = client_of(project.owner), client_of(user)
    asked = owner.post(
        reverse("invitations", args=[project.pk]), {"email": user.email, "role": "editor"}
    )
    token = path_of(Invitation.objects.get(pk=asked.json()["id"])).rstrip("/").rpartition("/")[2]
    accepted = guest.post(reverse("accept-invitation"), {"token": token})
    assert accepted.status_code < 300, accepted.content
    look()
    member = Membership.objects.get(project=project, user=user)
    gone = owner.delete(reverse("member", args=[project.pk, member.pk]))
    assert gone.status_code == 204
    assert not Membership.objects.filter(project=project, user=user).exists()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block writes is rolled back; released connections are kept, as in a test case's own transaction."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def send(client: APIClient, operation: Operation, world: World) -> Any:
    """Send an operation as a client into a world; what it writes is undone.

    The answer knows which ids were `asked` for and, where something was changed, the `logged` rows of it.
    """
    rule = RULES[operation.key]
    method = getattr(client, operation.method)
    kind = "multipart" if rule.multipart else "json"
    body = {} if operation.method == "get" else {"data": rule.body(world), "format": kind}
    url, cookies = url_of(operation, world), client.cookies.copy()  # signing out takes them away
    with undone():
        answer = method(url, **body)
        if operation.method != "get" and answer.status_code < 400:
            rows = AuditEntry.objects.filter(request_id=answer["X-Request-Id"])
            answer.logged = list(rows.values_list("actor", "action", "status"))
    client.cookies = cookies
    answer.asked = {match[0] for match in UUID.finditer(f"{url} {body}")}
    return answer


def told(response: Any, *asked: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers to the byte, but for the request's id and the ids that were asked for."""
    body = response.content.decode()
    headers = {name: value for name, value in response.items() if name not in NEW_EACH_TIME}
    for name in {*asked, *getattr(response, "asked", ())}:
        body = body.replace(name, "ASKED")
        headers = {key: value.replace(name, "ASKED") for key, value in headers.items()}
    if headers.get("ETag") == set_response_etag(HttpResponse(response.content))["ETag"]:
        headers["ETag"] = "OF THE BODY"
    cookies = {f"cookie {morsel.key}": morsel.value for morsel in response.cookies.values()}
    return (
        response.status_code,
        body.replace(response["X-Request-Id"], "REQUEST"),
        headers | cookies,
    )


def url_of(operation: Operation, world: World) -> str:
    """The operation's URL for the rows of this world; ids that exist nowhere where it is empty."""
    if operation.name.startswith("/"):  # known by its path
        return operation.name.format(pk=_pk(operation, world) if "{pk}" in operation.name else "")
    kwargs: dict[str, Any] = {}
    if "project_pk" in operation.route:
        kwargs["project_pk"] = world[Project].pk if world else uuid.uuid4()
    if "<pk>" in operation.route:
        kwargs["pk"] = _pk(operation, world)
    if "<kind>" in operation.route:
        kwargs["kind"] = kind_for(operation.view)
    if "<phase>" in operation.route:
        kwargs["phase"] = "1A"
    if "<table>" in operation.route:
        kwargs["table"] = "legal_systems"
    if "<decision>" in operation.route:
        kwargs["decision"] = "lock"
    if "<campaign_pk>" in operation.route:
        kwargs["campaign_pk"] = world[Campaign].pk if world else uuid.uuid4()
    if "<key>" in operation.route:
        kwargs["key"] = world[key_model(operation)].pk if world else uuid.uuid4()
    return reverse(operation.name, kwargs=kwargs)


def key_model(operation: Operation) -> Any:
    """The model of the row that stands below a campaign in the operation's URL."""
    words = {"player-characters": PlayerCharacter, "pc-facts": PCFact, "<table>": LegalSystem}
    return next(model for word, model in words.items() if word in operation.route)


def kind_for(view: Any) -> str:
    """A kind that works on the view's rows; an unknown one where none does."""
    target = target_of(view)
    return next((g.kind for g in generations() if g.target is target), "no.kind")


def target_of(view: Any) -> Any:
    """The model that `generate` of this view works on: a scene stands in the URL by its identity."""
    model = view.queryset.model
    lookup = getattr(view, "lookup_field", "pk")
    return model._meta.get_field(lookup).related_model if lookup.endswith("_id") else model


def _pk(operation: Operation, world: World) -> Any:
    queryset = getattr(operation.view, "queryset", None)
    model = Membership if queryset is None else queryset.model
    if not world:
        return uuid.uuid4() if model._meta.pk.get_internal_type() == "UUIDField" else 10**17
    row = world.get(model) or model.objects.first()
    return getattr(row, getattr(operation.view, "lookup_field", "pk"))


def is_generation_without_kind(operation: Operation) -> bool:
    """A `generate` on rows for which no kind is declared: there is nothing to ask for."""
    return "<kind>" in operation.route and kind_for(operation.view) == "no.kind"


@pytest.fixture(scope="session")
def known_codes() -> set[str]:
    """Every error code a client may meet."""
    return set(catalog())
