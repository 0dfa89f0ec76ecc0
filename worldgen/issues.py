"""What is wrong with a row a writer gave, or with a world."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One problem: in which row, in which field, which rule, and in words."""

    table: str
    row: str
    code: str
    message: str
    field: str = ""
    candidates: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The issue for a draft, an answer or a repair call."""
        return {**asdict(self), "candidates": list(self.candidates)}
