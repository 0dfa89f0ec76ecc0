"""Pydantic record types derived from Django models: one declaration for rows, schema and prompt.

A field's help_text is the description the model reads, choices become an enum, `TypedJSONField.of` its
own schema. Relations are not generated; kinds speak of rows by their codes.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from django.db import models
from pydantic import BaseModel, ConfigDict, Field, create_model

from storyforge.core.fields import TypedJSONField

PLAIN_TYPES: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.FloatField, float),
    (models.CharField, str),
    (models.TextField, str),
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
    info: dict[str, Any] = {"description": str(field.help_text) or None}
    limit = getattr(field, "max_length", None)
    if limit and not field.choices:
        info["max_length"] = limit
    optional = field.blank or field.null
    kind = _kind(field)
    default = field.get_default() if optional and not field.null else (None if optional else ...)
    return Annotated[kind | None if field.null else kind, Field(**info)], default


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
