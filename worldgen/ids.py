"""Codes to ids, for one table that is being written."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from worldgen import phases
from worldgen.directory import Directory, target_name
from worldgen.models import WorldRow
from worldgen.rows import Row, Standing, key_of


class Ids:
    """Ids of the rows that a table refers to, and new ids for rows that do not stand yet."""

    def __init__(
        self,
        directory: Directory,
        model: type[WorldRow],
        standing: dict[str, Standing],
        fit: dict[str, Row],
    ) -> None:
        self.model, self.directory = model, directory
        self._own: dict[str, UUID] = {key: s.id for key, s in standing.items()}
        for key in fit:
            self._own.setdefault(key, uuid4())

    def row(self, key: str) -> UUID | None:
        """The id of a row of the table itself."""
        return self._own.get(key)

    def forget(self, key: str) -> None:
        """The row is not written after all."""
        self._own.pop(key, None)

    def new(self, row: Row) -> UUID:
        """The id for a row that is new."""
        return self._own[key_of(self.model, row)]

    def of(self, column: Any, code: str | None) -> UUID | None:
        """The id behind a code; None where nothing is written under it yet."""
        if code is None:
            return None
        if column.related_model is self.model:
            return self._own.get(code)
        entry = self.directory.entries(target_name(column)).get(code)
        return entry.id if entry else None

    def missing(self, row: Row, *, optional: bool = False) -> str:
        """The first reference whose row is not written yet: a required one, or with `optional` any."""
        columns: list[Any] = [f for f in phases.links(self.model) if optional or not f.null]
        columns += phases.link_sets(self.model) if optional else ()
        for column in columns:
            value = row[column.name]
            codes = value if column.many_to_many else [value] if value else []
            if any(self.of(column, code) is None for code in codes):
                return str(column.name)
        return ""
