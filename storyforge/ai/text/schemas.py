"""A JSON Schema on its way to a model."""

from __future__ import annotations

import json
from typing import Any

# Below these keywords stand names chosen by us, not keywords.
NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
# Below these stand values, not schemas.
VALUES = frozenset({"enum", "const", "default", "examples", "example"})

HEADING = "Answer with one JSON value that fits this JSON Schema, and with nothing else:"


def without_marks(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without our own keywords, those that begin with `x-`."""
    return {
        key: value if key in VALUES else _below(key, value)
        for key, value in schema.items()
        if not key.startswith("x-")
    }


def _below(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_below("", item) for item in value]
    if not isinstance(value, dict):
        return value
    if key in NAMED:
        return {name: _below("", schema) for name, schema in value.items()}
    return without_marks(value)


def as_text(schema: dict[str, Any]) -> str:
    """The instruction for a model whose endpoint cannot be given a schema."""
    return f"{HEADING}\n{json.dumps(schema, ensure_ascii=False, separators=(',', ':'))}"
