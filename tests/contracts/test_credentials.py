"""What a proof of who one is does not do; test_matrix has what each does."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from storyforge.accounts.models import APIToken, User
from tests.contracts.conftest import send, told, undone, url_of
from tests.contracts.operations import api_operations
from tests.contracts.rules import RULES, Door

pytestmark = pytest.mark.django_db
OPERATIONS = [op for op in api_operations() if op.key in RULES]
# What is public asks for no credential and refuses none.
UNSAFE = [op for op in OPERATIONS if op.method != "get" and RULES[op.key].door != Door.PUBLIC]
DETAILS = [op for op in OPERATIONS if RULES[op.key].door == Door.ROW and op.method == "get"]


def by_key(operation):
    return operation.key


def code(response):
    return response.status_code, response.json().get("error_code")


@pytest.mark.parametrize("operation", UNSAFE, ids=by_key)
def test_a_read_token_does_nothing(operation, world):
    _, secret = APIToken.issue(User.objects.get(name="Alice"), name="reader", scope="read")
    program = APIClient(headers={"Authorization": f"Bearer {secret}"})
    assert code(send(program, operation, world)) == (403, "token_scope")


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
