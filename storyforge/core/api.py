"""Pieces every API view uses."""

from __future__ import annotations

import hashlib
from typing import Any

import django_filters
from django.db.models import Field
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from storyforge.core.errors import StaleEdit


class Pages(PageNumberPagination):
    """Pages of 20; a client may ask for up to 100."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


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
