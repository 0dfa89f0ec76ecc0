"""Requests made up from the committed schema, sent to the whole application, and their answers judged.

Whatever operation stands in docs/openapi.yaml is asked; nothing is listed here. Ids are those of real rows
as often as not, and what a request writes is undone.
"""

from __future__ import annotations

import itertools
import logging
import random
import traceback
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import Any

import schemathesis
from django.core.signals import got_request_exception, request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import IntegrityError, close_old_connections, connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from storyforge.accounts.jwt import access_token
from storyforge.accounts.models import TokenFamily, User
from tests.contracts.conftest import undone, url_of
from tests.contracts.operations import (
    METHODS,
    Operation,
    api_operations,
    committed_schema,
    url_name,
)

JUDGES = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
REAL = 0.8  # share of the requests whose path names a row that is there
ids_there: list[str] = []  # of every row of the world
KNOWN = {op.key: op for op in api_operations()}
Case = schemathesis.Case
Send = Callable[[Case], Any]

schemathesis.openapi.format(
    "uuid",
    st.integers(0, 2**32).map(
        lambda n: (
            ids_there[n % len(ids_there)] if ids_there and n % 4 else str(uuid.UUID(int=n << 90))
        )
    ),
)


@cache
def load_schema() -> schemathesis.BaseSchema:
    """The committed schema, with the application behind it."""
    schema = schemathesis.openapi.from_dict(deepcopy(committed_schema()))
    schema.app = get_wsgi_application()
    schema.config.generation.update(with_security_parameters=False)
    return schema


def operations(schema: Any) -> list[Any]:
    """Every operation of the schema."""
    return [found.ok() for found in schema.get_all_operations()]


class Run:
    """Requests sent as the owner of a world, with what was wrong about the answers.

    `wrong` holds for each operation the first failure of each sort.
    """

    def __init__(self, world: dict[type, Any]) -> None:
        self.world = world
        self.sent = 0
        self.statuses: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.wrong: dict[str, dict[str, str]] = defaultdict(dict)
        self._alice = User.objects.get(name="Alice")
        ids_there[:] = [str(row.pk) for row in world.values()]

    def ask(self, operation: Any, *, planned: int, drawn: int, seed: int | None) -> None:
        """Send so many of the cases that the schema's limits suggest, and so many that chance draws.

        Without a seed chance draws the same each time.
        """
        token = access_token(TokenFamily.start(self._alice))
        headers = {"Authorization": f"Bearer {token}"}
        there = real_path(operation, self.world)
        dice = random.Random(f"{seed}{operation.label}")  # noqa: S311
        with noticing() as crashes:

            def send(case: Case) -> None:
                if there and dice.random() < REAL:
                    case.path_parameters = dict(there)
                self._send(case, headers, crashes)

            for case in itertools.islice(planned_cases(operation, dice, planned), planned):
                send(case)
            draw(operation, send, count=drawn, seed=seed)

    def _send(self, case: Case, headers: dict[str, str], crashes: list[str]) -> None:
        crashes.clear()
        name = case.operation.label
        with undone():
            answer = case.call(headers=headers)
            if answer.status_code < 400 and case.method != "GET":
                self._commit(case, name)
        self.sent += 1
        self.statuses[name][answer.status_code] += 1
        try:
            case.validate_response(answer, checks=JUDGES)
        except FailureGroup as found:
            for failure in found.exceptions:
                self._note(
                    name, failure, f"{case.as_curl_command()}\n{answer.content[:500]!r}", crashes
                )

    def _commit(self, case: Case, name: str) -> None:
        """Look at what the database only looks at when a transaction ends."""
        try:
            connection.check_constraints()
        except IntegrityError as error:
            self._note(name, error, case.as_curl_command(), [])

    def _note(self, name: str, failure: Exception, asked: str, crashes: list[str]) -> None:
        told = "\n".join([f"{failure}", asked, *crashes])
        self.wrong[name].setdefault(type(failure).__name__, told)

    def report(self) -> str:
        """What was wrong, to read; empty where nothing was."""
        return "\n\n".join(
            f"--- {name} {sort}\n{told}"
            for name, sorts in self.wrong.items()
            for sort, told in sorts.items()
        )


def planned_cases(operation: Any, dice: random.Random, count: int) -> Iterator[Case]:
    """Cases at the borders of each field: valid, invalid, of a wrong type, missing; in any order."""
    cases = list(
        operation.schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=operation.schema.config.generation,
        )
    )
    dice.shuffle(cases)
    return iter(case for case in cases if case.method.lower() in METHODS)


def draw(operation: Any, send: Send, *, count: int, seed: int | None) -> None:
    """Send so many cases drawn by chance, half of them valid by the schema."""
    strategies = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=seed is None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies))
    def drawn(case: Case) -> None:
        send(case)

    drawn()


def real_path(operation: Any, world: dict[type, Any]) -> dict[str, Any]:
    """The path parameters with which this operation finds a row of the world."""
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    if not names:
        return {}
    found = served_by(operation)
    parts = operation.path.strip("/").split("/")
    values = str(url_of(found, world)).strip("/").split("/")
    return {
        part[1:-1]: value for part, value in zip(parts, values, strict=True) if part.startswith("{")
    }


def served_by(operation: Any) -> Operation:
    """Our own operation behind one of the schema."""
    name = url_name(operation.path, operation.definition.raw)
    return KNOWN[f"{operation.method.upper()} {name}"]


@contextmanager
def noticing() -> Iterator[list[str]]:
    """The exceptions that requests inside end with; the application answers them with 500."""
    crashes: list[str] = []

    def notice(**_: Any) -> None:
        crashes.append(traceback.format_exc()[-2_000:])

    got_request_exception.connect(notice, weak=False)
    logging.disable(logging.CRITICAL)
    for signal in (request_started, request_finished):  # the rows live in an open transaction
        signal.disconnect(close_old_connections)
    try:
        yield crashes
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        logging.disable(logging.NOTSET)
        got_request_exception.disconnect(notice)
