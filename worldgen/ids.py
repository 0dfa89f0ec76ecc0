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

    def missing(self, row: Row) -> str:
        """The first required reference whose row is not written yet; empty where none is missing."""
        for link in phases.links(self.model):
            if row[link.name] and not link.null and self.of(link, row[link.name]) is None:
                return link.name
        return ""
