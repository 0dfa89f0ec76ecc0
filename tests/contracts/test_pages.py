"""Every page of the studio, as everybody: the sign-in for strangers, 404 for what is not theirs."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import pytest
from django.urls import reverse

from canon.models import Character
from scriptwriter.models import Book, Chapter, Script
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from storyforge.projects.roles import ALLOWED, Action
from tests.contracts.conftest import undone
from tests.contracts.headers import faults
from tests.contracts.operations import page_routes
from tests.contracts.rules import ROLES
from worldgen.models import Campaign, Entity, PlayerCharacter, RowDraft

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What stands in the route besides the project, and what strangers get."""

    pk: type | None = None
    public: bool = False
    personal: bool = False  # about the account: everybody who is signed in has their own
    needs: Action = Action.VIEW
    status: int = 200
    method: str = "get"


PAGES = {
    "projects": Page(personal=True),
    "tokens": Page(personal=True),
    "own_key": Page(personal=True),
    "account": Page(personal=True),
    "password": Page(personal=True),
    "security": Page(personal=True),
    "totp": Page(personal=True),
    "passkeys": Page(personal=True),
    "passkey_make_options": Page(personal=True, method="post"),
    "recovery_codes": Page(personal=True),
    "remove_factor": Page(personal=True, method="post", status=404),
    "my_activity": Page(personal=True),
    "my_usage": Page(personal=True),
    "usage_file": Page(personal=True, status=302),
    "file": Page(personal=True, status=404),
    "my_data": Page(personal=True),
    "export_account": Page(personal=True, method="post"),
    "prove": Page(personal=True),
    "start_project": Page(personal=True, method="post", status=302),
    "sign_in": Page(public=True),
    "sign_in_code": Page(public=True, status=302),
    "sign_in_passkey": Page(public=True, method="post"),
    "passkey_options": Page(public=True, method="post"),
    "confirm": Page(public=True, status=410),
    "forgot": Page(public=True),
    "reset": Page(public=True, status=410),
    "sign_in_link": Page(public=True, status=410),
    "sign_out": Page(public=True, method="post", status=302),
    "register": Page(public=True),
    "project": Page(),
    "project_members": Page(),
    "invitation": Page(personal=True, status=410),
    "webhooks": Page(needs=Action.ADMIN),
    "jobs": Page(),
    "job": Page(pk=Job),
    "characters": Page(),
    "character": Page(pk=Character),
    "books": Page(),
    "book": Page(pk=Book),
    "chapter": Page(pk=Chapter),
    "book_file": Page(pk=Book, status=302),
    "plot": Page(pk=Book),
    "scripts": Page(),
    "script": Page(pk=Script),
    "script_file": Page(pk=Script, status=302),
    "script_versions": Page(pk=Script),
    "worlds": Page(),
    "world_new": Page(needs=Action.EDIT),
    "world_import": Page(needs=Action.EDIT),
    "world": Page(pk=Campaign),
    "world_edit": Page(pk=Campaign, needs=Action.EDIT),
    "world_party": Page(pk=Campaign),
    "world_character": Page(pk=Campaign),
    "world_table": Page(pk=Campaign),
    "world_row": Page(pk=Campaign),
    "world_row_edit": Page(pk=Campaign, needs=Action.EDIT),
    "world_row_new": Page(pk=Campaign, needs=Action.EDIT),
    "world_history": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_roster": Page(pk=Campaign, needs=Action.EDIT),
    "world_drafts": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_draft": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_runs": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_map": Page(pk=Campaign),
    "world_web": Page(pk=Campaign),
    "world_coverage": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_checks": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_issues": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_vocabulary": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
    "world_download": Page(pk=Campaign, needs=Action.VIEW_SECRETS),
}
# What else stands in a route, for a world and for one where nothing is.
PARTS = {
    "<str:table>": ("table", lambda world: "entities"),
    "<str:key>": ("key", lambda world: world[Entity].code if world else "ent99"),
    "<slug:format>": ("format", lambda world: "fountain"),
    "<str:format>": ("format", lambda world: "json"),
    "<str:phase>": ("phase", lambda world: "2A"),
    "<uuid:draft>": ("draft", lambda world: world[RowDraft].pk if world else uuid.uuid4()),
    "<str:code>": ("code", lambda world: world[PlayerCharacter].code if world else "pc99"),
}
TOKEN = re.compile(r'(?<=")[A-Za-z0-9+/_-]{22,64}={0,2}(?=")')
SCOPED = sorted(name for name, page in PAGES.items() if not (page.public or page.personal))
ROUTES = {page.name: page.route for page in page_routes()}


def url(name, world):
    """The page's URL in this world; ids that exist nowhere where it is empty."""
    route, kwargs = ROUTES[name], {}
    if "project_pk" in route:
        kwargs["project_pk"] = world[Project].pk if world else uuid.uuid4()
    if "book_pk" in route:
        kwargs["book_pk"] = world[Book].pk if world else uuid.uuid4()
    if ":pk" in route:
        kwargs["pk"] = world[PAGES[name].pk].pk if world else uuid.uuid4()
    if "<int:factor>" in route:
        kwargs = {"factor": 1}
    for part, (name_of_part, value) in PARTS.items():
        if part in route:
            kwargs[name_of_part] = value(world)
    if "<str:token>" in route:
        kwargs = {"token": "made-up"}
    if "<str:uid>" in route:
        kwargs["uid"] = "MQ"
    return reverse(name, kwargs=kwargs)


def visit(client, name, world):
    cookies = client.cookies.copy()  # signing out takes them away
    with undone():
        answer = getattr(client, PAGES[name].method)(url(name, world))
    client.cookies = cookies
    return answer


def without_tokens(answer):
    """The page without its CSRF token and nonces, which are new each time."""
    return TOKEN.sub("TOKEN", answer.content.decode())


def expected(name, persona):
    """The status this persona gets."""
    page = PAGES[name]
    if page.public:
        return page.status
    if persona == "anonymous":
        return 302
    role = ROLES[persona]
    if page.personal or role in ALLOWED[page.needs]:
        return page.status
    return 403 if role else 404


def test_each_page_has_an_expectation_and_each_expectation_a_page():
    assert set(ROUTES) == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_persona_gets_the_page_or_the_way_out(name, personas, world):
    answers = {persona: visit(personas[persona], name, world) for persona in ROLES}
    found = {persona: answer.status_code for persona, answer in answers.items()}
    assert found == {persona: expected(name, persona) for persona in ROLES}
    assert {persona: bare for persona in ROLES if (bare := faults(answers[persona]))} == {}
    if not PAGES[name].public:
        where = answers["anonymous"]["Location"]
        assert where.startswith(f"{reverse('sign_in')}?next=/"), where


@pytest.mark.parametrize("name", SCOPED)
def test_charlies_page_of_a_hidden_row_is_the_page_of_a_missing_one(name, personas, world):
    hidden = visit(personas["charlie"], name, world)
    missing = visit(personas["charlie"], name, {})
    assert hidden.status_code == missing.status_code == 404
    assert without_tokens(hidden) == without_tokens(missing)


@pytest.mark.parametrize("name", sorted(n for n, p in PAGES.items() if p.pk))
def test_a_page_shows_rows_of_its_own_project_only(name, personas, world):
    """Alice may see both projects; a row still has one address."""
    other = Project.start(world[Project].owner, name="Second")
    path = url(name, world).replace(str(world[Project].pk), str(other.pk))
    assert personas["alice"].get(path).status_code == 404


@pytest.mark.parametrize("name", SCOPED)
def test_vera_sees_no_button_that_she_may_not_press(name, personas, world):
    page = visit(personas["vera"], name, world).content.decode()
    assert "/generate/" not in page


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_form_that_says_nothing_is_refused_by_the_page_or_it_takes_no_form(name, personas, world):
    cookies = personas["alice"].cookies.copy()
    with undone():
        answer = personas["alice"].post(url(name, world), {})
    personas["alice"].cookies = cookies
    assert answer.status_code < 500, answer.status_code
