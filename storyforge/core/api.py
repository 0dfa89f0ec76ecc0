"""Pieces every API view uses."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Field, Q
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.errors import StaleEdit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Pages(PageNumberPagination):
    """Pages of 20; a client may ask for up to 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class KeyPages(BasePagination):
    """Pages of 20, at most 100 (`limit`), newest first; `cursor` leads to the next one.

    The cursor is the last row's place in the order, so a page costs the same however far back it is.
    The rows are ordered by `created_at` and key, both descending.
    """

    default_limit = 20
    max_limit = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit = self._limit(request)
        if cursor := request.query_params.get("cursor"):
            at, pk = _read_cursor(cursor)
            queryset = queryset.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
        rows = list(queryset[: limit + 1])
        self.cursor = _cursor(rows[limit - 1]) if len(rows) > limit else None
        self.request = request
        return rows[:limit]

    def _limit(self, request: Request) -> int:
        asked = request.query_params.get("limit", "")
        if not asked:
            return self.default_limit
        if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked[:9]) <= self.max_limit):
            raise ValidationError({"limit": [f"A whole number from 1 to {self.max_limit}."]})
        return int(asked)

    def get_paginated_response(self, data: Any) -> Response:
        following = None
        if self.cursor:
            query = self.request.query_params.copy()
            query["cursor"] = self.cursor
            following = f"{self.request.path}?{query.urlencode()}"
        return Response({"cursor": self.cursor, "next": following, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        text = {"type": "string", "nullable": True}
        return {
            "type": "object",
            "required": ["cursor", "next", "results"],
            "properties": {"cursor": text, "next": text, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_limit},
            },
        ]


def _cursor(row: Any) -> str:
    place = f"{(row.created_at - EPOCH) // timedelta(microseconds=1)} {row.pk}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The place a cursor stands for; a validation error for one that we did not make."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        microseconds, _, pk = place.partition(" ")
        return EPOCH + timedelta(microseconds=int(microseconds[:18])), UUID(pk)
    except (ValueError, OverflowError) as error:
        raise ValidationError({"cursor": ["Not a cursor of this list."]}) from error


class IdFilterSet(django_filters.FilterSet):
    """Filters relations by bare id: a missing row and one the caller may not see answer alike."""

    @classmethod
    def filter_for_lookup(cls, field: Field[Any, Any], lookup_type: str) -> Any:
        if field.is_relation and lookup_type == "exact":
            field = field.target_field
        return super().filter_for_lookup(field, lookup_type)


class Filters(DjangoFilterBackend):
    """The filter backend of every list."""

    filterset_base = IdFilterSet


def etag_of(*parts: Any) -> str:
    """A strong ETag over the parts' text."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def require_match(request: Request, current: str) -> None:
    """Raise `StaleEdit` (412) when the client sends `If-Match` for another state than `current`."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and current not in [w.strip() for w in wanted.split(",")]:
        raise StaleEdit(current_etag=current)
