"""The 43 tables of a campaign: one pair of views for all, made from `phases.py`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.api import Pages
from storyforge.core.errors import MalformedRequest
from worldgen.api.base import InCampaign, row_named, table_named
from worldgen.api.shapes import FIELDS, IF_MATCH, LIST, ROW, ROWS, TableCount
from worldgen.edits.editing import add_row, delete_row, edit_row
from worldgen.models import WorldRow
from worldgen.secrets import visible
from worldgen.views.counts import counts_of
from worldgen.views.presenting import present
from worldgen.views.reader import Reader
from worldgen.views.searching import narrowed


class TablesView(InCampaign):
    """The tables with their rows counted by state."""

    serializer_class = TableCount

    @extend_schema(responses=TableCount(many=True))
    def get(self, request: Request, campaign_pk: str) -> Response:
        counts = counts_of(Reader(self.campaign, request.user))
        return Response(TableCount(list(counts.values()), many=True).data)


class RowsView(InCampaign):
    """Base of the views on the rows of one table."""

    def seen(self, table: str) -> QuerySet[Any]:
        """The rows of the table that the caller sees. Raises `UnknownTable`."""
        rows = table_named(table).objects.filter(campaign=self.campaign)
        return visible(self.request.user, rows)

    def shown(self, row: WorldRow, *, status: int = 200) -> Response:
        """The answer with one row and its revision as ETag."""
        (body,) = present(self.campaign, [row], secrets=self.sees_secrets())
        return Response(body, status=status, headers={"ETag": f'"{row.revision}"'})


class TableView(RowsView):
    """The rows of one table."""

    @extend_schema(operation_id="campaigns_rows_list", parameters=LIST, responses={200: ROWS})
    def get(self, request: Request, campaign_pk: str, table: str) -> Response:
        secrets = self.sees_secrets()
        rows = narrowed(
            self.seen(table), request.query_params.dict(), user=request.user, secrets=secrets
        )
        pages = Pages()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(present(self.campaign, page, secrets=secrets))

    @extend_schema(request={"application/json": FIELDS}, responses={201: ROW})
    def post(self, request: Request, campaign_pk: str, table: str) -> Response:
        """Add a row; its code is given here. 400 `invalid_row` names what its table does not allow."""
        table_named(table)
        row = add_row(self.campaign, table, request.data, editor=self.editor())
        return self.shown(row, status=201)


class RowView(RowsView):
    """One row, by its code or id."""

    @extend_schema(responses={200: ROW})
    def get(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        return self.shown(row_named(self.seen(table), key))

    @extend_schema(
        request={"application/json": FIELDS}, parameters=[IF_MATCH], responses={200: ROW}
    )
    def patch(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        """Change some fields; the row is marked as edited and no run changes it any more."""
        row = row_named(self.seen(table), key)
        row = edit_row(
            self.campaign, row, request.data, editor=self.editor(), revision=revision_of(request)
        )
        return self.shown(row)

    @extend_schema(
        parameters=[
            IF_MATCH,
            OpenApiParameter(
                "with_relations",
                bool,
                description="Delete the relation rows that link it, too.",
            ),
        ],
        responses={204: None},
    )
    def delete(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        """Delete the row. 409 `row_in_use` lists the rows that need it; other references become empty."""
        delete_row(
            self.campaign,
            row_named(self.seen(table), key),
            editor=self.editor(),
            revision=revision_of(request),
            with_relations=request.query_params.get("with_relations") in ("true", "1"),
        )
        return Response(status=204)


def revision_of(request: Request) -> int | None:
    """The revision that `If-Match` names; None without one. Raises `MalformedRequest`."""
    wanted = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if wanted in ("", "*"):
        return None
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= 9):
        raise MalformedRequest("If-Match is a revision, as the row's ETag says it.")
    return int(wanted)
