"""Versions of a book's plot overview."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from scriptwriter.models import Book, PlotOverview


def active_plot(book: Book) -> PlotOverview | None:
    """The overview in force, if there is one."""
    return _active(book).first()


def locked_content(book: Book) -> dict[str, Any]:
    """What the author locked in the overview in force, by the field's name."""
    names = _active(book).values_list("locked_fields", flat=True).first()
    return (_active(book).values(*names).first() or {}) if names else {}


def _active(book: Book) -> QuerySet[PlotOverview]:
    return book.plots.filter(status=PlotOverview.Status.ACTIVE)


def add_plot(book: Book, *, author_id: int | None, fields: dict[str, Any]) -> PlotOverview:
    """Write the next version and make it the active one; what the last one locked stays as it is.

    Which fields are locked from then on may be among the fields. Call it in a transaction that holds the
    book's row: numbers have no gap and one is active.
    """
    newest = book.plots.order_by("-version").values_list("version", flat=True).first() or 0
    kept = locked_content(book)
    _active(book).update(status=PlotOverview.Status.SUPERSEDED)
    return PlotOverview.objects.create(
        project_id=book.project_id,
        book=book,
        version=newest + 1,
        author_id=author_id,
        **{"locked_fields": list(kept), **fields, **kept},
    )
