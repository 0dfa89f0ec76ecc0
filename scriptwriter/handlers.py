"""Kinds of work that are not generations."""

from __future__ import annotations

from typing import ClassVar

from scriptwriter import documents
from scriptwriter.imports import store
from scriptwriter.models import Book
from scriptwriter.readers.guarded import read_book_guarded
from storyforge.core.errors import FileTooLarge, StateConflict, UnreadableFile, UnsupportedFormat
from storyforge.jobs import registry
from storyforge.jobs.execution import Execution, released_db
from storyforge.jobs.queues import Priority
from storyforge.jobs.targets import load_target
from storyforge.projects.roles import Action


class BookImport(registry.OnTheProcessor):
    """Reads an uploaded file into chapters."""

    kind: ClassVar[str] = "book.import"
    label: ClassVar[str] = "Read a book"

    def run(self, execution: Execution) -> None:
        """Read in a child process, then save and complete together."""
        job = execution.job
        book: Book = load_target(job, Book, Action.EDIT)
        content, filename = bytes(book.file.content), book.file.filename
        execution.progress(0, 2, f"Reading {filename}")
        try:
            with released_db():
                read = read_book_guarded(content, filename)
        except (UnreadableFile, UnsupportedFormat, FileTooLarge):
            Book.objects.filter(pk=book.pk).update(status=Book.Status.UNREADABLE)
            raise
        execution.progress(1, 2, f"Saving {len(read.chapters)} chapters")
        with execution.completing() as result:
            chapters = store(book, read, title=job.input.get("title", ""))
            result["created"] = [{"type": "book", "id": str(book.pk)}]
            result["chapters"] = len(chapters)
            result["warnings"] = list(read.warnings)


class BookExport(registry.OnTheProcessor):
    """Writes down a book with its chapters, plot and cast; asked for by `POST documents/{id}/export`."""

    kind: ClassVar[str] = "book.export"
    label: ClassVar[str] = "Export a book"
    priority: ClassVar[Priority] = Priority.BACKGROUND

    def run(self, execution: Execution) -> None:
        """The document is the job's result."""
        book: Book = load_target(execution.job, Book, Action.GENERATE)
        if book.status != Book.Status.READY:
            raise StateConflict("This book has not been read.")
        with execution.completing() as result:
            result["document"] = {
                "book": documents.book(book),
                "plot": documents.plot(book),
                "characters": documents.cast(book),
            }


registry.register(BookImport())
registry.register(BookExport())
