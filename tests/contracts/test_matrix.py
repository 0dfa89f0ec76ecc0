"""Every operation of the API, as everybody, with every proof, on rows of every standing.

The operations come from docs/openapi.yaml, the expectations from policy.yaml. A cell is one request: an
operation, a person, a credential, and whose rows it names:

shared   of alice's project, in which the others have the role they are named for
own      of charlie's own project
foreign  of zoe's, in which nobody here is
deleted  of a project that was there
never    ids that nobody ever had

The last three are answered alike, to the byte and the header, whoever asks. policy.yaml says who asks for which.
Whatever an answer says has been changed stands in the audit log, once.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from rest_framework.test import APIClient

from conftest import client_of, make_user
from scriptwriter.models import Book
from storyforge.accounts.jwt import access_token
from storyforge.accounts.models import APIToken, TokenFamily, User
from storyforge.accounts.second_factor import SESSION_MARK
from storyforge.projects.models import Project, ProjectContent
from tests.contracts.conftest import (
    is_generation_without_kind,
    passing_by,
    rows_of,
    send,
    told,
    undone,
)
from tests.contracts.headers import faults
from tests.contracts.operations import (
    METHODS,
    api_operations,
    committed_schema,
    outer_operations,
    url_name,
)
from tests.contracts.rules import ROLES, RULES, Door

pytestmark = pytest.mark.django_db
OPERATIONS = {op.key: op for op in api_operations()}
OUTER = {op.key: op for op in outer_operations()}
TRIED = sorted(OUTER.keys() - {"GET /api/schema"})  # which takes seconds; test_headers asks for it
PEOPLE = ("charlie", "xenia", "sarah", "vera", "carol", "bob", "alice")  # xenia was a member once
TELLING = ("charlie", "alice")  # as whom rows of every hidden standing are asked for
SEEN_OF_OUTER = ("anonymous", "charlie", "xenia", "sarah", "vera", "alice")  # with a session
# What the log calls a request that is no plain change of a row.
NOTED = {
    "POST auth-register": "register",
    "POST auth-forgot": "password.forgot",
    "POST auth-logout": "sign_out",
    "POST invitations": "invitation.sent",
}
ACCOUNT_LISTS = {"GET ledger-list"}  # of what was booked; nothing was
HIDDEN = ("foreign", "deleted", "never")
cells: Counter[str] = Counter()


def with_api_token(scope: str) -> Callable[[User], APIClient]:
    def client(user: User) -> APIClient:
        _, secret = APIToken.issue(user, name=scope, scope=scope)
        return APIClient(headers={"Authorization": f"Bearer {secret}"})

    return client


def with_access_token(user: User) -> APIClient:
    with override_settings(ACCESS_TOKEN_EXPIRE_MINUTES=24 * 60):  # a busy machine is long at this
        token = access_token(TokenFamily.start(user))
    return APIClient(headers={"Authorization": f"Bearer {token}"})


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
    own, foreign = rows_of(User.objects.get(name="Charlie")), rows_of(make_user("zoe"))
    connection.check_constraints()  # once, not at the end of each test
    return {
        "shared": world,
        "own": own,
        "foreign": foreign,
        "deleted": gone,
        "never": {},
    }


@pytest.fixture(scope="module")
def clients(worlds):
    """A client for each person and credential."""
    users = {user.name.lower(): user for user in User.objects.all()}
    made = {
        (name, how): make(users[name])
        for name in PEOPLE
        if name != "xenia"
        for how, make in CREDENTIALS.items()
    }
    session = made["sarah", "session"].session
    session[SESSION_MARK] = True  # she has shown a second factor
    session.save()
    left = {("xenia", how): client for how, client in who_left(worlds["shared"]).items()}
    return {("anonymous", "none"): APIClient()} | made | left


def who_left(world):
    """Xenia's proofs of who she is, all of the time when she edited in this project. The owner removed her."""
    project, xenia, clients = world[Project], make_user("xenia"), {}

    def look():
        clients.update(proofs_of(xenia))
        for how, client in clients.items():
            assert client.get(reverse("project-detail", args=[project.pk])).status_code == 200
            book = reverse("book-detail", args=[world[Book].pk])
            with undone():
                changed = client.patch(book, {"title": "The Road"})
            assert changed.status_code == (403 if how == "read token" else 200)

    passing_by(project, xenia, look)
    assert set(clients) == set(CREDENTIALS)
    return clients


def proofs_of(user):
    """A session, and what the API gives out: tokens, and an access token for a password."""
    clients = {"session": client_of(user)}
    for scope in ("read", "write"):
        token = clients["session"].post(reverse("token-list"), {"name": scope, "scope": scope})
        clients[f"{scope} token"] = bearing(token.json()["secret"])
    pair = {"email": user.email, "password": "a long password 1"}
    with override_settings(ACCESS_TOKEN_EXPIRE_MINUTES=24 * 60):
        answer = APIClient().post(reverse("auth-login"), pair)
    return clients | {"access token": bearing(answer.json()["access_token"])}


def bearing(token):
    return APIClient(headers={"Authorization": f"Bearer {token}"})


def expected(operation, person, credential, standing):
    """The status of a cell."""
    rule = RULES[operation.key]
    if credential == "read token" and operation.method != "get":
        return 403 if rule.scoped or rule.door != Door.PUBLIC else rule.status
    if rule.door == Door.PUBLIC:
        return rule.status
    if person == "anonymous":
        return rule.nobody
    if credential.endswith("token") and credential != "access token" and rule.in_person:
        return 403
    if is_generation_without_kind(operation):
        return 404
    if rule.door in (Door.SIGNED_IN, Door.LIST, Door.STAFF):
        return rule.expected(person if person in ROLES else "charlie")
    if standing in HIDDEN or rule.door == Door.OWN:
        owner = {"shared": "alice", "own": "charlie"}.get(standing)
        return rule.status if rule.door == Door.OWN and person == owner else rule.hidden
    if standing == "own":
        return rule.status if person == "charlie" else rule.hidden
    return rule.expected(person if person in ROLES else "charlie")


def standings(operation, person, credential):
    """Which rows this person names with this credential."""
    if RULES[operation.key].door not in (Door.ROW, Door.NAMED, Door.OWN):
        return ["shared"]
    wanted = {
        "shared": True,
        "own": person == "charlie",
        "foreign": credential in ("session", "access token") or person in TELLING,
        "deleted": credential == "session" and person in TELLING,
        "never": person == "charlie" or (person == "alice" and credential == "session"),
    }
    return [standing for standing, asked in wanted.items() if asked]


def test_the_schema_the_routes_and_the_policy_name_the_same_operations():
    assert sorted(documented()) == sorted(OPERATIONS)
    assert sorted(RULES) == sorted([*OPERATIONS, *OUTER])


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_everybody_gets_the_answer_of_the_policy(operation, clients, worlds):
    look(operation, clients, worlds)


@pytest.mark.parametrize("operation", [OUTER[key] for key in TRIED], ids=TRIED)
def test_what_is_not_below_the_version_is_answered_by_the_policy_too(operation, clients, worlds):
    """The views are those of above, so a few people will do; what is public, one."""
    people = SEEN_OF_OUTER[: 1 if RULES[operation.key].door == Door.PUBLIC else None]
    few = {
        key: client
        for key, client in clients.items()
        if key[0] in people and key[1] in ("none", "session")
    }
    look(operation, few, worlds)


def look(operation, clients, worlds):
    """Try the cells of an operation: as the policy says, hidden rows alike, changes in the log, headers whole."""
    found, wanted, hidden, logs, bare = {}, {}, {}, {}, {}
    for (person, credential), client in clients.items():
        for standing in standings(operation, person, credential):
            cell = (person, credential, standing)
            answer = send(client, operation, worlds[standing])
            found[cell], wanted[cell] = answer.status_code, expected(operation, *cell)
            bare[cell] = faults(answer)
            if standing in HIDDEN and person != "anonymous":
                hidden[cell] = told(answer)
            if hasattr(answer, "logged"):
                logs[cell] = odd_log(operation, client, answer)
    cells.update([operation.key] * len(found))
    assert found == wanted
    assert {cell: wrong for cell, wrong in bare.items() if wrong} == {}
    one = {(cell[1], answer[0]): answer for cell, answer in hidden.items()}  # by proof and status
    odd = {cell: rest for cell, rest in hidden.items() if rest != one[cell[1], rest[0]]}
    assert odd == {}, one
    assert {cell: odd for cell, odd in logs.items() if odd} == {}


def odd_log(operation, client, answer):
    """The audit rows of a change, unless there is one and it says what was done and who did it."""
    rows, user = answer.logged, getattr(client, "user", None)  # of sessions
    route = operation.route.replace("/^", "/")  # for one without a name
    actions = {operation.key, f"{operation.method.upper()} {route}"[:80]}
    if operation.key in NOTED:
        actions, user = {*actions, NOTED[operation.key]}, None  # who it was about stands there
    sound = [
        status == answer.status_code and action in actions and (not user or actor == user.audit_id)
        for actor, action, status in rows
    ]
    return [] if sound == [True] else rows


@pytest.mark.parametrize("key", [key for key in OPERATIONS if RULES[key].door == Door.LIST])
def test_a_list_shows_ones_own_rows_and_no_others(key, clients, worlds):
    for name, mine in (("alice", "shared"), ("charlie", "own"), ("xenia", "")):
        shown = send(clients[name, "session"], OPERATIONS[key], worlds[mine or "shared"])
        assert key in ACCOUNT_LISTS or not mine or shown.json()["results"] != []
        for standing in {"shared", "own", "foreign"} - {mine}:
            for row in worlds[standing].values():
                if isinstance(row, ProjectContent | Project):
                    assert str(row.pk) not in shown.content.decode()


@pytest.mark.parametrize("key", ["GET alias-detail", "PATCH alias-detail"])
def test_a_limit_counts_hidden_rows_like_missing_ones(key, clients, worlds, settings):
    settings.RATE_LIMITS = True
    client = clients["charlie", "session"]
    answers = [send(client, OPERATIONS[key], worlds[standing]) for standing in HIDDEN]
    left = [int(re.search(r";r=(\d+);", answer["RateLimit"])[1]) for answer in answers]
    assert left == [left[0], left[0] - 1, left[0] - 2]
    assert (
        len({(a["RateLimit-Policy"], tuple(name for name, _ in a.items())) for a in answers}) == 1
    )


def test_the_matrix_is_as_large_as_it_is_said_to_be(request):
    """Runs last. `look` tries all cells of an operation, whichever process it is in."""
    proofs = [("anonymous", "none"), *((name, how) for name in PEOPLE for how in CREDENTIALS)]
    planned = {key: sum(len(standings(op, *p)) for p in proofs) for key, op in OPERATIONS.items()}
    tried = sum(cells.values())
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write(f"\nmatrix: {tried} cells of {len(cells)} operations\n")
    assert sum(planned.values()) >= 10_000
    assert {key: cells[key] for key in planned if key in cells} == {
        key: count for key, count in planned.items() if key in cells
    }
