"""Every operation with every kind of proof: tokens that read or write, sessions, none."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from storyforge.accounts.jwt import access_token
from storyforge.accounts.models import APIToken, TokenFamily, User
from tests.contracts.conftest import is_generation_without_kind, send, told, undone, url_of
from tests.contracts.operations import api_operations
from tests.contracts.rules import ROLES, RULES, Door

pytestmark = pytest.mark.django_db
OPERATIONS = [op for op in api_operations() if op.key in RULES]
# What is public asks for no credential and refuses none.
UNSAFE = [op for op in OPERATIONS if op.method != "get" and RULES[op.key].door != Door.PUBLIC]
DETAILS = [op for op in OPERATIONS if RULES[op.key].door == Door.ROW and op.method == "get"]
MEMBERS = [name for name, role in ROLES.items() if role]


def by_key(operation):
    return operation.key


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.fixture(scope="module")
def programs(world):
    """Clients with a token, by scope and person."""
    clients = {}
    for user in User.objects.filter(name__in=[name.title() for name in MEMBERS]):
        for scope in APIToken.Scope.values:
            _, secret = APIToken.issue(user, name=scope, scope=scope)
            proof = {"Authorization": f"Bearer {secret}"}
            clients[scope, user.name.lower()] = APIClient(headers=proof)
    return clients


@pytest.fixture(scope="module")
def clients(world):
    """REST clients that signed in, by person."""
    users = {user.name.lower(): user for user in User.objects.all()}
    return {
        name: APIClient(
            headers={"Authorization": f"Bearer {access_token(TokenFamily.start(users[name]))}"}
        )
        for name in MEMBERS
    }


@pytest.mark.parametrize("operation", UNSAFE, ids=by_key)
def test_a_read_token_does_nothing(operation, programs, world):
    assert code(send(programs["read", "alice"], operation, world)) == (403, "token_scope")


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_key)
def test_a_token_may_what_its_person_may(operation, programs, world):
    rule = RULES[operation.key]
    if is_generation_without_kind(operation):
        return
    scope = "read" if operation.method == "get" else "write"
    found = {n: send(programs[scope, n], operation, world).status_code for n in MEMBERS}
    expected = {name: 403 if rule.in_person else rule.expected(name) for name in MEMBERS}
    assert found == expected


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_key)
def test_an_access_token_may_what_its_person_may(operation, clients, world):
    rule = RULES[operation.key]
    if is_generation_without_kind(operation):
        return
    found = {n: send(clients[n], operation, world).status_code for n in MEMBERS}
    assert found == {name: rule.expected(name) for name in MEMBERS}


@pytest.mark.parametrize("operation", UNSAFE, ids=by_key)
def test_a_session_without_the_csrf_token_does_nothing(operation, personas, world):
    strict = APIClient(enforce_csrf_checks=True)
    strict.cookies = personas["alice"].cookies.copy()
    assert code(send(strict, operation, world)) == (403, "permission_denied")


@pytest.mark.parametrize("operation", DETAILS, ids=by_key)
def test_the_options_of_a_hidden_row_are_those_of_a_missing_one(operation, personas, world):
    charlie = personas["charlie"]
    hidden, missing = (charlie.options(url_of(operation, w)) for w in (world, {}))
    assert told(hidden) == told(missing)


@pytest.mark.parametrize("operation", DETAILS, ids=by_key)
def test_a_head_tells_no_more_than_a_get(operation, personas, world):
    for name in ("charlie", "alice"):
        with undone():
            head = personas[name].head(url_of(operation, world))
        assert head.status_code == RULES[operation.key].expected(name)
        assert head.content == b""
