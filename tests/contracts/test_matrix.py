"""Every operation of the API, as everybody, with every proof, on rows of every standing.

The operations come from docs/openapi.yaml, the expectations from policy.yaml. A cell is one request: an
operation, a person, a credential, and whose rows it names:

shared   of alice's project, in which the others have the role they are named for
own      of charlie's own project
foreign  of zoe's, in which nobody here is
deleted  of a project that was there
never    ids that nobody ever had

The last three are answered alike, to the byte.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from conftest import client_of, make_user
from storyforge.accounts.jwt import access_token
from storyforge.accounts.models import APIToken, TokenFamily, User
from storyforge.projects.models import Project, ProjectContent
from tests.contracts.conftest import is_generation_without_kind, rows_of, send, told
from tests.contracts.operations import METHODS, api_operations, committed_schema, url_name
from tests.contracts.rules import ROLES, RULES, Door

pytestmark = pytest.mark.django_db
OPERATIONS = {op.key: op for op in api_operations()}
PEOPLE = ("charlie", "xenia", "sarah", "vera", "carol", "bob", "alice")  # xenia was a member once
TELLING = ("charlie", "alice")  # as whom hidden rows are asked for with every credential
ACCOUNT_LISTS = {"GET ledger-list"}  # of what was booked; nothing was
HIDDEN = ("foreign", "deleted", "never")
cells: Counter[str] = Counter()


def with_api_token(scope: str) -> Callable[[User], APIClient]:
    def client(user: User) -> APIClient:
        _, secret = APIToken.issue(user, name=scope, scope=scope)
        return APIClient(headers={"Authorization": f"Bearer {secret}"})

    return client


def with_access_token(user: User) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {access_token(TokenFamily.start(user))}"})


#: How people prove who they are. A new kind of proof is one more line.
CREDENTIALS: dict[str, Callable[[User], APIClient]] = {
    "session": client_of,
    "read token": with_api_token("read"),
    "write token": with_api_token("write"),
    "access token": with_access_token,
}


def documented() -> list[str]:
    """The operations of the committed schema, by the keys of policy.yaml."""
    paths = committed_schema()["paths"]
    return [
        f"{method.upper()} {url_name(path, body)}"
        for path, methods in paths.items()
        for method, body in methods.items()
        if method in METHODS
    ]


@pytest.fixture(scope="module")
def worlds(world):
    """Rows of every standing."""
    gone = rows_of(make_user("yara"))
    User.objects.filter(name="Yara").delete()
    assert not Project.objects.filter(pk=gone[Project].pk).exists()
    charlie = User.objects.get(name="Charlie")
    return {
        "shared": world,
        "own": rows_of(charlie),
        "foreign": rows_of(make_user("zoe")),
        "deleted": gone,
        "never": {},
    }


@pytest.fixture(scope="module")
def clients(worlds):
    """A client for each person and credential."""
    make_user("xenia")
    users = {user.name.lower(): user for user in User.objects.all()}
    made = {(name, how): make(users[name]) for name in PEOPLE for how, make in CREDENTIALS.items()}
    return {("anonymous", "none"): APIClient()} | made


def expected(operation, person, credential, standing):
    """The status of a cell."""
    rule = RULES[operation.key]
    if credential == "read token" and operation.method != "get":
        return 403 if rule.scoped or rule.door != Door.PUBLIC else rule.status
    if rule.door == Door.PUBLIC:
        return rule.status
    if person == "anonymous":
        return 401
    if credential.endswith("token") and credential != "access token" and rule.in_person:
        return 403
    if is_generation_without_kind(operation):
        return 404
    if rule.door in (Door.SIGNED_IN, Door.LIST):
        return rule.status
    if standing in HIDDEN or rule.door == Door.OWN:
        owner = {"shared": "alice", "own": "charlie"}.get(standing)
        return rule.status if rule.door == Door.OWN and person == owner else rule.hidden
    if standing == "own":
        return rule.status if person == "charlie" else rule.hidden
    return rule.expected(person if person in ROLES else "charlie")


def standings(operation, person, credential):
    """Which rows this person names with this credential."""
    if RULES[operation.key].door not in (Door.ROW, Door.NAMED, Door.OWN):
        return ("shared",)
    if person in TELLING:
        return ("shared", *(("own",) if person == "charlie" else ()), *HIDDEN)
    return ("shared", "foreign") if credential in ("session", "none") else ("shared",)


def test_the_schema_the_routes_and_the_policy_name_the_same_operations():
    assert sorted(documented()) == sorted(OPERATIONS)
    assert set(RULES) == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_everybody_gets_the_answer_of_the_policy(operation, clients, worlds):
    found, wanted, differ = {}, {}, []
    for (person, credential), client in clients.items():
        answers = {
            standing: send(client, operation, worlds[standing])
            for standing in standings(operation, person, credential)
        }
        for standing, answer in answers.items():
            cell = (person, credential, standing)
            found[cell] = answer.status_code
            wanted[cell] = expected(operation, *cell)
        hidden = [told(answers[name]) for name in HIDDEN if name in answers]
        differ += [(person, credential)] if any(h != hidden[0] for h in hidden) else []
    cells.update([operation.key] * len(found))
    assert found == wanted
    assert differ == []


@pytest.mark.parametrize("key", [key for key in OPERATIONS if RULES[key].door == Door.LIST])
def test_a_list_shows_ones_own_rows_and_no_others(key, clients, worlds):
    for name, mine in (("alice", "shared"), ("charlie", "own")):
        shown = send(clients[name, "session"], OPERATIONS[key], worlds[mine])
        assert key in ACCOUNT_LISTS or shown.json()["results"] != []
        for standing in {"shared", "own", "foreign"} - {mine}:
            for row in worlds[standing].values():
                if isinstance(row, ProjectContent | Project):
                    assert str(row.pk) not in shown.content.decode()


def test_the_matrix_is_as_large_as_it_is_said_to_be(request):
    """Runs last; counts what this run has tried."""
    tried = sum(cells.values())
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write(f"\nmatrix: {tried} cells of {len(cells)} operations\n")
    if set(cells) == set(OPERATIONS):
        assert tried >= 5_000
