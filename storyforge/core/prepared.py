"""Statements that each database connection plans once.

What hot paths ask is written out, and PostgreSQL keeps its plan: with row security, planning such a statement
takes longer than running it, and building it of expressions takes longer than both.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from django.db import NotSupportedError, connection

_NAMED = re.compile(r"%\((\w+)\)s")
_numbers = count(1)


class Prepared:
    """A statement with `%(name)s` for its values; `called` is what logs of the database show of it.

    A value has one type, which its first use decides: cast where that is too small (`%(micros)s::bigint`).
    """

    def __init__(self, called: str, sql: str) -> None:
        self._names = list(dict.fromkeys(_NAMED.findall(sql)))
        self._text = _NAMED.sub(lambda m: f"${self._names.index(m[1]) + 1}", sql)
        self._called = called
        places = ", ".join(["%s"] * len(self._names))
        self._values = f"({places})" if places else ""

    def all(self, **values: Any) -> list[Any]:
        """Every row of the answer."""
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            rows: list[Any] = cursor.fetchall()
            return rows

    def one(self, **values: Any) -> Any:
        """The first row of the answer, or None."""
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            return cursor.fetchone()

    def run(self, **values: Any) -> int:
        """How many rows a statement without an answer has changed."""
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            return int(cursor.rowcount)

    def _execute(self, cursor: Any, values: dict[str, Any]) -> None:
        given = [values[name] for name in self._names]
        try:
            cursor.execute(f"EXECUTE {self._planned(cursor)}{self._values}", given)
        except NotSupportedError:
            # A migration has changed a column that it answers with. A transaction is lost by that, and
            # what comes after it plans anew.
            self._known().pop(self, None)
            if connection.in_atomic_block:
                raise
            cursor.execute(f"EXECUTE {self._planned(cursor)}{self._values}", given)

    def _planned(self, cursor: Any) -> str:
        """The name under which this connection has it; it outlives transactions, as the connection does."""
        known = self._known()
        if self not in known:
            name = f"{self._called}_{next(_numbers)}"
            cursor.execute(f"PREPARE {name} AS {self._text}")
            known[self] = name
        return known[self]

    @staticmethod
    def _known() -> dict[Prepared, str]:
        """What the connection to the server has planned: a pool gives it to one thread after the other."""
        raw: Any = connection.connection
        known: dict[Prepared, str] = vars(raw).setdefault("storyforge_prepared", {})
        return known
