"""A script version as a file, and a book's own file."""

from __future__ import annotations

from pathlib import PurePath

from scriptwriter import versions
from scriptwriter.formats.registry import FORMATS
from scriptwriter.models import Book, BookFile, ScriptVersion
from storyforge.accounts.models import User
from storyforge.core.downloads import File, named, offers
from storyforge.core.errors import NotFound
from storyforge.projects.access import get_visible

BOOK_ENDINGS = {".txt", ".md", ".markdown", ".epub", ".docx", ".pdf"}


def export(version: ScriptVersion, name: str) -> File:
    """Write a version in the named format; raises `NotFound` for one that is not written."""
    format_ = FORMATS.get(name)
    if format_ is None or format_.write is None:
        raise NotFound(f"Scripts are not written as {name!r}.")
    return File(
        filename=named(
            version.script.title, f"-v{version.number}{format_.extension}", otherwise="script"
        ),
        media_type=format_.media_type,
        content=format_.write(versions.document(version)),
    )


@offers("script")
def script_file(user: User, version: str, name: str) -> File:
    """A version the user may see, in the named format."""
    rows = ScriptVersion.objects.select_related("script")
    return export(get_visible(rows, user, pk=version), name)


@offers("book")
def book_file(user: User, book: str) -> File:
    """The file of a book the user may see, as it came, under a name of ours."""
    visible = get_visible(Book.objects.all(), user, pk=book)
    kept = BookFile.objects.filter(book=visible).first()
    if kept is None:
        raise NotFound
    ending = PurePath(kept.filename).suffix.lower()
    return File(
        filename=named(
            visible.title, ending if ending in BOOK_ENDINGS else ".bin", otherwise="book"
        ),
        media_type="application/octet-stream",
        content=bytes(kept.content),
    )
