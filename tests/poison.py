"""Hostile texts in every field that can hold one, for whatever reads them afterwards."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from pydantic import TypeAdapter, ValidationError

from storyforge.ai.text.fill import fill
from storyforge.core.encryption import EncryptedTextField
from storyforge.core.fields import TypedJSONField
from tests.payloads import PACKED, PAYLOADS

SHORTEST = "\"'><x>"  # for fields too short for a payload: an element no page has
OURS = ("storyforge", "canon", "scriptwriter", "worldgen")
#: What no person and no model words, because code reads it: it names a kind, a codec, an address or a proof.
CODE = {
    "kind", "queue", "encoding", "password", "session_key", "session_data", "digest", "public_id",
    "stamp", "table_name", "name@Breaker", "name@Worker", "url@Endpoint", "event@Delivery",
    "code", "phase", "parts@Receipt", "sha256", "unit_key", "action@AuditEntry", "scope@IdempotencyKey",
    "candidates@ReferenceIssue",
}  # fmt: skip
#: Keys under which pages look into JSON of no declared shape.
KEYS = (
    "title", "detail", "message", "text", "words", "quote", "trait", "reason", "state", "name", "label",
    "status", "error", "code", "value", "key", "instructions", "note", "step", "url", "error_code",
    "retryable", "table", "row", "field", "blocks",
)  # fmt: skip
NUMBERS = {"attempts": 1, "seconds": 0.1, "status": 500, "at": "2026-01-01T00:00:00Z"}
STRICT = {"string_pattern_mismatch", "literal_error", "enum", "uuid_parsing", "model_type"}


def poison_everything() -> dict[str, list[str]]:
    """Fill all text of all rows that are there; the names of the fields filled, by model."""
    filled: dict[str, list[str]] = {}
    number = 0
    with pgtrigger.ignore():
        for model in apps.get_models():
            if model.__module__.split(".")[0] not in OURS:
                continue
            fields = [f for f in model._meta.concrete_fields if _holds_text(f)]
            for row in model._default_manager.all():
                values = {}
                for field in fields:
                    values[field.attname] = _poisoned(field, number)
                    number += 1
                if values:
                    model._default_manager.filter(pk=row.pk).update(**values)
                    filled[model._meta.label] = sorted(values)
    return filled


def _holds_text(field: Any) -> bool:
    if field.primary_key or field.is_relation or field.choices:
        return False
    if field.name in CODE or f"{field.name}@{field.model.__name__}" in CODE:
        return False
    if isinstance(field, ArrayField):
        return _holds_text_inside(field.base_field)
    if isinstance(field, EncryptedTextField):
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def _holds_text_inside(base: Any) -> bool:
    return isinstance(base, models.CharField | models.TextField) and not base.choices


def _poisoned(field: Any, number: int) -> Any:
    if isinstance(field, TypedJSONField):
        return shaped(field.of, number)
    if field.name == "title_page":  # a list of pairs
        return [["Title", PACKED], [PAYLOADS[0], PAYLOADS[1]]]
    if isinstance(field, models.JSONField):
        inside = {key: PAYLOADS[(number + n) % len(PAYLOADS)] for n, key in enumerate(KEYS)}
        inside |= {"text": PACKED, PAYLOADS[number % len(PAYLOADS)]: "a key"} | NUMBERS
        return [inside] if field.default is list else inside
    if isinstance(field, ArrayField):
        return [text_for(field.base_field, number)]
    if field.unique:
        return f"{text_for(field, number)}"[: field.max_length]
    return text_for(field, number)


def text_for(field: Any, number: int) -> str:
    """As many payloads as fit, beginning with another one for each field; all of them where there is room."""
    if isinstance(field, models.EmailField):
        return f'"<img/src=x/onerror=hit({number % len(PAYLOADS) + 1})>"@example.org'
    return _fitting(field.max_length or len(PACKED), number)


def _fitting(longest: int, number: int) -> str:
    if longest >= len(PACKED):
        return PACKED
    start = number % len(PAYLOADS)
    text = ""
    for payload in (*PAYLOADS[start:], *PAYLOADS[:start]):
        if len(text) + len(payload) + 1 <= longest:
            text += payload + "\n"
    return text.strip() or SHORTEST[:longest]


def shaped(of: Any, number: int) -> Any:
    """A value of the declared shape with hostile strings; where only certain strings fit, those stay."""
    adapter = TypeAdapter(of)
    value = fill(adapter.json_schema(), seed=number)
    hostile = _replaced(value, number)
    try:
        adapter.validate_python(hostile)
    except ValidationError as error:
        for each in error.errors():
            if each["type"] == "string_too_long":
                _put(hostile, each["loc"], _fitting(each["ctx"]["max_length"], number))
            elif each["type"] in STRICT:
                _put(hostile, each["loc"], _at(value, each["loc"]))
    return hostile


def _replaced(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return PAYLOADS[number % len(PAYLOADS)] if number % 2 else PACKED
    if isinstance(value, list):
        return [_replaced(each, number + place) for place, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _replaced(each, number) for key, each in value.items()}
    return value


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: tuple[Any, ...], text: Any) -> None:
    _at(value, path[:-1])[path[-1]] = text
