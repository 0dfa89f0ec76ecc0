"""Every operation of the API, as everybody."""

from __future__ import annotations

import pytest

from storyforge.projects.models import ProjectContent
from tests.contracts.conftest import is_generation_without_kind, send, told
from tests.contracts.operations import api_operations
from tests.contracts.rules import ROLES, RULES, Door

pytestmark = pytest.mark.django_db
OPERATIONS = api_operations()
SCOPED = [
    op for op in OPERATIONS if RULES.get(op.key, RULES["GET me"]).door in (Door.ROW, Door.NAMED)
]
LISTS = [op for op in OPERATIONS if RULES.get(op.key, RULES["GET me"]).door == Door.LIST]


def by_key(operation):
    return operation.key


def test_each_operation_has_a_rule_and_each_rule_an_operation():
    assert {op.key for op in OPERATIONS} == set(RULES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_key)
def test_each_persona_gets_the_answer_of_their_role(operation, personas, world):
    rule = RULES[operation.key]
    wanted = {name: rule.expected(name) for name in ROLES}
    if is_generation_without_kind(operation):
        wanted = {name: 401 if name == "anonymous" else 404 for name in ROLES}
    assert {n: send(personas[n], operation, world).status_code for n in ROLES} == wanted


@pytest.mark.parametrize("operation", SCOPED, ids=by_key)
def test_charlie_cannot_tell_a_hidden_row_from_a_missing_one(operation, personas, world):
    hidden = send(personas["charlie"], operation, world)
    missing = send(personas["charlie"], operation, {})
    assert told(hidden) == told(missing)
    assert hidden["Content-Type"] == missing["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("operation", LISTS, ids=by_key)
def test_a_list_shows_alice_her_row_and_charlie_nothing(operation, personas, world):
    assert send(personas["alice"], operation, world).json()["results"] != []
    shown = send(personas["charlie"], operation, world)
    assert shown.json()["results"] == []
    for row in world.values():
        if isinstance(row, ProjectContent):
            assert str(row.pk) not in shown.content.decode()
