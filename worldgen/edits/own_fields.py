"""Fields of a person's own on a row, beside those of its table: for game masters, shown to no writer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from worldgen.errors import InvalidRow
from worldgen.issues import Issue

EXTRA = "extra"
Name = Annotated[str, Field(min_length=1, max_length=60)]
Text = Annotated[str, Field(max_length=2_000)]
Value = Text | int | float | bool | None | Annotated[list[Text], Field(max_length=40)]
Own = Annotated[dict[Name, Value], Field(max_length=40)]
_OWN: TypeAdapter[dict[str, Any]] = TypeAdapter(Own)


def own_fields(table: str, value: Any, *, key: str = "") -> dict[str, Any]:
    """At most 40 names with a text, a number, yes or no, or a list of texts. Raises `InvalidRow`."""
    try:
        return _OWN.validate_python(value, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in (EXTRA, *first["loc"][:1]))
        raise InvalidRow(
            [Issue(table=table, row=key, field=where, code=first["type"], message=first["msg"])]
        ) from error
