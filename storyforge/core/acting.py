"""For whom a statement is. Row-level security asks; without an answer no row of a project is seen.

`acting_as` says it for the code inside, in web, worker and command alike. The answer travels with the
statement: the first one of each transaction (every one outside of a transaction) is sent together with
`set_config(..., true)`, in the same round trip. It is gone when the transaction ends, so a pooled
connection never carries it to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from django.http import HttpRequest
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Composable, Literal

WEB_STATEMENT_MS = 5_000  # longest statement of a web request


class Door(StrEnum):
    """A way past the members' rules. A test holds which modules open one."""

    SHUT = ""
    JOBS = "jobs"  # the engine: job tables only
    ADMIN = "admin"  # staff in the admin, upkeep, migrations, the end of an account: every table


def is_open(door: Door) -> str:
    """SQL that is true while this door is open; for triggers, which rows of no project need."""
    return f"(coalesce(current_setting('app.system', true), '') = '{door}')"


@dataclass(frozen=True, kw_only=True, slots=True)
class Acting:
    """The user by id, the open door, and how long a statement may take (0: the server's limit)."""

    user: int | None = None
    door: Door = Door.SHUT
    milliseconds: int = 0


NOBODY = Acting()
_who: ContextVar[Callable[[], Acting]] = ContextVar("acting", default=lambda: NOBODY)


def acting() -> Acting:
    """For whom this code works now."""
    return _who.get()()


@contextmanager
def acting_as(user: int | None, *, door: Door = Door.SHUT) -> Iterator[None]:
    """Let the statements inside be those of this user; what was before comes back afterwards.

    What a generator yields after the block has ended, such as a stream's next piece, is outside of it.
    """
    with _answering(_always(replace(acting(), user=user, door=door))):
        yield


@contextmanager
def acting_in(request: HttpRequest) -> Iterator[None]:
    """Let the statements inside be those of whoever the request turns out to be from.

    Sessions are read and tokens are found in the middle of a request. From then on, and not before,
    its statements are the user's. Nothing has to be called, so nothing can be forgotten.
    """
    with _answering(lambda: Acting(user=_user_of(request), milliseconds=WEB_STATEMENT_MS)):
        yield


@contextmanager
def _answering(answer: Callable[[], Acting]) -> Iterator[None]:
    token = _who.set(answer)
    try:
        yield
    finally:
        _who.reset(token)


def _always(who: Acting) -> Callable[[], Acting]:
    return lambda: who


def _user_of(request: Any) -> int | None:
    """The id of `request.user` once it is known; asking a session for it would be a query."""
    user = vars(request).get("user")
    if user is None or (_is_lazy(user) and not hasattr(request, "_cached_user")):
        return None
    pk: int | None = user.pk
    return pk


def _is_lazy(user: object) -> bool:
    """Whether Django's authentication put it there; REST framework puts a plain user."""
    return "_setupfunc" in vars(user)


# What touches rows, and so must be told. DDL must stay alone: some of it refuses company.
_TOLD = re.compile(
    r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|EXECUTE|EXPLAIN|SAVEPOINT)\b", re.I
)
_UNDOES = re.compile(r"\s*ROLLBACK\b", re.I)


def tell(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001 - Django's signature
    context: dict[str, Any],
) -> Any:
    """Django's execute wrapper of every connection: tells the database for whom a statement is.

    Statements run through psycopg's client-side binding, which may send two at once.
    """
    connection, cursor = context["connection"], context["cursor"]
    if connection.connection.pgconn.transaction_status == TransactionStatus.IDLE:
        connection.told = NOBODY  # whatever was told ended with its transaction
    who = acting()
    text = sql.as_string(connection.connection) if isinstance(sql, Composable) else sql
    if who == connection.told or many or not _TOLD.match(text):
        result = execute(sql, params, many, context)
        if connection.told is not None and _UNDOES.match(text):
            connection.told = None  # back to whatever the savepoint knew
        return result
    sentence = _sentence(who, connection.told)
    if getattr(cursor.cursor, "name", ""):
        return _declare(partial(execute, sql, params, many, context), sentence, connection)
    result = execute(sentence + text, params, many, context)
    connection.told = who
    cursor.nextset()  # past the answer of set_config
    return result


def _declare(execute: Callable[[], Any], sentence: str, connection: Any) -> Any:
    """Open a cursor on the server, which takes no second statement, after telling it.

    Outside of a transaction Django asks for one that outlives the small transaction it is opened in.
    """
    raw = connection.connection
    with raw.transaction() if raw.autocommit else nullcontext():
        raw.execute(sentence)
        result = execute()
    connection.told = None if raw.autocommit else acting()
    return result


@lru_cache(maxsize=4096)
def _sentence(who: Acting, before: Acting | None) -> str:
    settings = {"app.user": "" if who.user is None else str(who.user), "app.system": str(who.door)}
    if who.milliseconds or (before and before.milliseconds):
        settings["statement_timeout"] = str(who.milliseconds)
    calls = [
        SQL("set_config({}, {}, true)").format(Literal(name), Literal(value))
        for name, value in settings.items()
    ]
    return SQL("SELECT {}; ").format(SQL(", ").join(calls)).as_string(None)


def listen(connection: Any, **_: Any) -> None:
    """Put `tell` on a new connection, below every wrapper that a caller may push and pop."""
    if tell not in connection.execute_wrappers:
        connection.told = NOBODY
        connection.execute_wrappers.insert(0, tell)
