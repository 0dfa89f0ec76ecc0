"""How answers about rows look in the schema of the API. A row has the fields of its table besides."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from worldgen.models import RowState, Source

TEXT: dict[str, Any] = {"type": "string"}
FLAG: dict[str, Any] = {"type": "boolean"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
ROW: dict[str, Any] = {
    "type": "object",
    "description": (
        "A row: besides these it has the fields of its table, see `worldgen/tables/{table}/schema`;"
        " references are codes."
    ),
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "table": TEXT,
        "key": {**TEXT, "description": "The code, or the codes that a relation links."},
        "row_state": {"type": "string", "enum": list(RowState.values)},
        "source": {"type": "string", "enum": list(Source.values)},
        "is_locked": FLAG,
        "is_stale": FLAG,
        "is_revealed": FLAG,
        "revealed_fields": {"type": "array", "items": TEXT},
        "revision": {"type": "integer"},
        "names": {"type": "object", "additionalProperties": TEXT},
        "extra": {
            "type": "object",
            "description": "Fields of people's own; for game masters only.",
            "additionalProperties": True,
        },
        "created_at": TIME,
        "updated_at": TIME,
    },
    "required": ["id", "table", "key", "row_state", "source", "revision", "names"],
    "additionalProperties": True,
}
ROWS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        "next": {**TEXT, "nullable": True},
        "previous": {**TEXT, "nullable": True},
        "results": {"type": "array", "items": ROW},
    },
    "required": ["count", "next", "previous", "results"],
}
FIELDS: dict[str, Any] = {
    "type": "object",
    "description": (
        "Fields of the table; see `worldgen/tables/{table}/schema`. Besides, `extra`: fields of your own, at"
        " most 40 names with a text, a number, yes or no, or a list of texts, in place of those that were there."
        " No writer is shown them."
    ),
    "additionalProperties": True,
}
LIST = [
    OpenApiParameter("page", int),
    OpenApiParameter("page_size", int, description="At most 100."),
    OpenApiParameter(
        "search", str, description="Words that stand in a text of the row, or a code."
    ),
    OpenApiParameter(
        "ordering", str, description="Fields of the table, comma separated, `-` for downwards."
    ),
    OpenApiParameter(
        "within",
        str,
        description="A code: the rows that lie in it, however deep; in tables with a `parent_` field.",
    ),
    OpenApiParameter("row_state", str, description="One or several, comma separated."),
    OpenApiParameter("source", str),
    OpenApiParameter("is_locked", bool),
    OpenApiParameter("is_stale", bool),
    OpenApiParameter(
        "field",
        str,
        description=(
            "Any word, number, yes-or-no or reference field of the table by its own name, numbers also"
            " with `__gte` and `__lte`, references by code. Players may not ask by what they do not see."
        ),
    ),
]
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The revision you read; 412 if it moved."
)


class TableCount(serializers.Serializer[Any]):
    """A table of a campaign and how many rows of it the caller sees."""

    table = serializers.CharField()
    phase = serializers.CharField()
    rows = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField())
    stale = serializers.IntegerField()
    protected = serializers.IntegerField()
