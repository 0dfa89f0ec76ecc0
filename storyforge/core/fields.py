"""Model fields of our own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from pydantic import TypeAdapter
from pydantic import ValidationError as SchemaError


class TypedJSONField(models.JSONField):
    """JSON of a declared shape (`of`: any type pydantic knows), checked on clean and by the API."""

    def __init__(self, of: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of = of

    def deconstruct(self) -> Any:
        # Migrations see plain JSON: changing the shape needs no migration.
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        check_shape(self.of, value)


def check_shape(of: Any, value: Any) -> None:
    """Raise Django's ValidationError when `value` is not of the shape `of`."""
    try:
        TypeAdapter(of).validate_python(value, strict=False)
    except SchemaError as error:
        raise ValidationError(
            [f"{_where(e['loc'])}: {e['msg']}" for e in error.errors()]
        ) from error


def _where(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "value"
