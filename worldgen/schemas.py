"""What a writer is asked for: one JSON Schema for each table, in one fixed bundle for each phase.

Limits stand in the descriptions, in words: grammars of structured output know none.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import Field, create_model

from storyforge.generation.records import Record, record_type
from worldgen import phases
from worldgen.phases import table_of, tables

CODE = "Of the roster."


@cache
def row_type(table: str) -> type[Record]:
    """The shape of one row as a writer gives it: code, fields, and rows of inline tables."""
    model = tables()[table]
    names = [field.name for field in phases.writable(model)]
    extra: dict[str, Any] = {}
    if model.code_prefix:
        extra["code"] = (str, Field(description=CODE))
    for name in model.inline:
        extra[name] = (list[inline_type(table, name)], Field(default_factory=list))  # type: ignore[misc]
    base = record_type(model, *names)
    return create_model(model.__name__, __base__=base, __doc__=model.__doc__, **extra)


@cache
def inline_type(table: str, inline: str) -> type[Record]:
    """The shape of a row inside a row of `table`: without its reference back."""
    back = back_link(table, inline)
    names = [f.name for f in phases.writable(tables()[inline]) if f.name != back]
    return record_type(tables()[inline], *names)


def back_link(table: str, inline: str) -> str:
    """The field by which a row of the inline table refers to the row it stands in."""
    model = tables()[table]
    return next(f.name for f in phases.links(tables()[inline]) if f.related_model is model)


@cache
def table_schema(table: str) -> dict[str, Any]:
    """The JSON Schema of an answer: an object with `rows`."""
    schema = row_type(table).model_json_schema()
    definitions = schema.pop("$defs", {})
    row = _in_words(schema)
    if "code" in row["properties"]:
        row["properties"] = {"code": row["properties"].pop("code"), **row["properties"]}
    found = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row}},
        "required": ["rows"],
        "additionalProperties": False,
    }
    if definitions:
        found["$defs"] = {name: _in_words(part) for name, part in definitions.items()}
    return found


@cache
def bundle(phase: str) -> list[dict[str, Any]]:
    """The tools of a phase, `emit_<table>` for each table: the same order and bytes every time."""
    return [
        {
            "name": f"emit_{table_of(model)}",
            "description": (model.__doc__ or "").splitlines()[0],
            "input_schema": table_schema(table_of(model)),
        }
        for model in phases.by_code(phase).models
    ]


def bundle_text(phase: str) -> str:
    """The bundle as it stands in a prompt."""
    return json.dumps(bundle(phase), ensure_ascii=False, separators=(",", ":"))


def _in_words(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose limits stand in its description, without titles and defaults."""
    found = {k: v for k, v in schema.items() if k not in DROPPED}
    words = [schema.get("description", "").splitlines()[0]] if schema.get("description") else []
    if schema.get("type") == "object" or ("enum" in schema and "title" in schema):
        words = []  # the docstring of a shape or a word list says what its name says
    limit = _limit(schema)
    if limit:
        words.append(limit)
    found.pop("description", None)
    if words:
        found["description"] = " ".join(words)
    if "properties" in found:
        found["properties"] = {n: _in_words(part) for n, part in found["properties"].items()}
    if "items" in found:
        found["items"] = _in_words(found["items"])
    if "anyOf" in found:
        found["anyOf"] = [_in_words(part) for part in found["anyOf"]]
    return found


DROPPED = {
    "title", "default", "maxLength", "minLength", "minimum", "maximum", "minItems", "maxItems",
}  # fmt: skip


def _limit(schema: dict[str, Any]) -> str:
    match schema.get("type"):
        case "string" if "maxLength" in schema:
            return f"At most {schema['maxLength']} characters."
        case "integer" | "number" if "minimum" in schema:
            return f"{schema['minimum']} to {schema['maximum']}."
        case "array" if "maxItems" in schema:
            return f"{schema.get('minItems', 0)} to {schema['maxItems']}."
    return ""
