"""Rows for statements that are written out, where building one of expressions takes longer than running it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

Row = TypeVar("Row", bound=models.Model)


class Columns(Generic[Row]):
    """A model's columns as a statement names them under an alias, and the row of their values.

    What is left out (`without`) is deferred: it is read when somebody asks for it.
    """

    def __init__(self, model: type[Row], alias: str, *, without: Collection[str] = ()) -> None:
        fields = [f for f in model._meta.concrete_fields if f.attname not in without]
        self.sql = ", ".join(f'{alias}."{f.column}"' for f in fields)
        self._model = model
        self._names = [f.attname for f in fields]
        self._readers = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")  # JSON, sealed texts
        ]

    def __len__(self) -> int:
        return len(self._names)

    def row(self, values: Sequence[Any]) -> Row:
        """The row whose columns have these values, in this order."""
        read = list(values)
        for place, reader in self._readers:
            read[place] = reader(read[place], None, connection)
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, read)
