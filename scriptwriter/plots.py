"""Versions of a book's plot overview."""

from __future__ import annotations

from typing import Any

from scriptwriter.models import Book, PlotOverview


def active_plot(book: Book) -> PlotOverview | None:
    """The overview in force, if there is one."""
    return book.plots.filter(status=PlotOverview.Status.ACTIVE).first()


def add_plot(book: Book, *, author_id: int | None, fields: dict[str, Any]) -> PlotOverview:
    """Write the next version and make it the active one; fields the last one locked stay as they are.

    Call it in a transaction that holds the book's row: numbers have no gap and one is active.
    """
    newest = book.plots.order_by("-version").first()
    previous = newest if newest and newest.status == newest.Status.ACTIVE else active_plot(book)
    kept: dict[str, Any] = {}
    if previous is not None:
        kept = {name: getattr(previous, name) for name in previous.locked_fields}
        kept["locked_fields"] = previous.locked_fields
        superseded = {"status": PlotOverview.Status.SUPERSEDED}
        PlotOverview.objects.filter(pk=previous.pk).update(**superseded)
    return PlotOverview.objects.create(
        project_id=book.project_id,
        book=book,
        version=newest.version + 1 if newest else 1,
        author_id=author_id,
        **{**fields, **kept},
    )
