"""Pydantic record types derived from Django models: one declaration for rows, schema and prompt.

A field's help_text is the description the model reads, choices become an enum, `TypedJSONField.of` its
own schema. Writers know no ids: a relation is the code of a row, a set of relations a list of codes.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from pydantic import BaseModel, ConfigDict, Field, create_model

from storyforge.core.fields import TypedJSONField

PLAIN_TYPES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.FloatField, float),
    (models.CharField, str),
    (models.TextField, str),
    (models.ForeignKey, str),
    (models.ManyToManyField, list[str]),
)


class Record(BaseModel):
    """Base of everything a writer hands in; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@cache
def record_type(model: type[models.Model], *names: str) -> type[Record]:
    """A record with the named fields of the model, in that order."""
    fields: dict[str, Any] = {name: _annotation(model._meta.get_field(name)) for name in names}
    record: type[Record] = create_model(
        f"{model.__name__}Record", __base__=Record, __doc__=model.__doc__, **fields
    )
    return record


def _annotation(field: Any) -> tuple[Any, Any]:
    info: dict[str, Any] = {"description": _description(field) or None, **_limits(field)}
    optional = field.blank or field.null
    kind = _kind(field)
    default = ... if not optional else _empty(field)
    return Annotated[kind | None if field.null else kind, Field(**info)], default


def _description(field: Any) -> str:
    text = str(field.help_text)
    prefix = getattr(field.related_model, "code_prefix", "") if field.is_relation else ""
    if not prefix:
        return text
    kind = field.related_model._meta.verbose_name
    return f"{text} Code of a {kind}, such as {prefix}07.".strip()


def _limits(field: Any) -> dict[str, Any]:
    """The limits of texts and numbers, and those of a set where the field declares `low` and `high`."""
    if field.many_to_many:
        names = {"min_length": "low", "max_length": "high"}
        return {k: getattr(field, v) for k, v in names.items() if hasattr(field, v)}
    limits: dict[str, Any] = {}
    if getattr(field, "max_length", None) and not field.choices:
        limits["max_length"] = field.max_length
    for validator in field.validators:
        if isinstance(validator, MinValueValidator):
            limits["ge"] = validator.limit_value
        if isinstance(validator, MaxValueValidator):
            limits["le"] = validator.limit_value
    return limits


def _empty(field: Any) -> Any:
    """What an optional field holds when the writer leaves it out."""
    if field.many_to_many:
        return []
    return None if field.null else field.get_default()


def _kind(field: Any) -> Any:
    if field.choices:
        values = tuple(value for value, _ in field.flatchoices)
        return Literal[(*values, "")] if field.blank else Literal[values]
    if isinstance(field, TypedJSONField):
        return field.of
    for django_type, python_type in PLAIN_TYPES:
        if isinstance(field, django_type):
            return python_type
    raise TypeError(f"No record type for {field!r}; add one to PLAIN_TYPES.")
