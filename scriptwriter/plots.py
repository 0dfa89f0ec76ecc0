"""Versions of a book's plot overview."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from scriptwriter.models import Book, PlotOverview
from storyforge.accounts.models import User


def active_plot(book: Book) -> PlotOverview | None:
    """The overview in force, if there is one."""
    return book.plots.filter(status=PlotOverview.Status.ACTIVE).first()


def add_plot(book: Book, *, author: User | None, fields: dict[str, Any]) -> PlotOverview:
    """Write the next version and make it the active one; fields the last one locked stay as they are."""
    with transaction.atomic():
        Book.objects.select_for_update().get(pk=book.pk)  # numbers have no gap, one is active
        previous = active_plot(book)
        kept: dict[str, Any] = {}
        if previous is not None:
            kept = {name: getattr(previous, name) for name in previous.locked_fields}
            kept["locked_fields"] = previous.locked_fields
        book.plots.filter(status=PlotOverview.Status.ACTIVE).update(
            status=PlotOverview.Status.SUPERSEDED
        )
        last = book.plots.aggregate(last=Max("version"))["last"] or 0
        return PlotOverview.objects.create(
            project_id=book.project_id,
            book=book,
            version=last + 1,
            author=author,
            **{**fields, **kept},
        )
