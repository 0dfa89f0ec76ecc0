from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scriptwriter.formats.elements import Document
from scriptwriter.formats.registry import FORMATS
from scriptwriter.prose.adapt import adapt
from scriptwriter.prose.people import find_people
from scriptwriter.prose.reading import read_chapter
from scriptwriter.readers.chapters import holds_text
from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.normal import normalize
from storyforge.core.errors import NotFound, StoryforgeError


class Command(BaseCommand):
    """A chapter as a screenplay by rules. Needs no database."""

    help = "Write one chapter of a book file as a screenplay."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--chapter", type=int, default=1, help="From 1.")
        names = [name for name, f in FORMATS.items() if f.write]
        parser.add_argument("--format", choices=names, default="fountain")
        parser.add_argument("-o", "--output", type=Path, help="A file; else standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            document = screenplay_of(path, options["chapter"])
            write = FORMATS[options["format"]].write
            content = write(document) if write else b""
            if options["output"]:
                options["output"].write_bytes(content)
            else:
                sys.stdout.buffer.write(content)
        except OSError as error:
            self.stderr.write(f"{error.filename or path}: {error.strerror or error}")
            sys.exit(1)
        except StoryforgeError as error:
            self.stderr.write(f"{path.name}: {error.message}")
            sys.exit(1)


def screenplay_of(path: Path, number: int) -> Document:
    """Chapter `number` of the file as a document; raises `NotFound` when it has no such chapter."""
    book = read_book_guarded(path.read_bytes(), path.name)
    chapters = [c for c in book.chapters if holds_text(book.text, c)]
    texts = [normalize(book.text[c.body : c.end]) for c in chapters]
    if not 1 <= number <= len(texts):
        raise NotFound(f"This book has chapters 1 to {len(texts)}.")
    reading = read_chapter(texts[number - 1], find_people(texts))
    title = f"{book.title}: {chapters[number - 1].title}" if book.title else path.stem
    pages = [("Title", title), ("Author", book.author), ("Notes", "Made by rules from the book.")]
    return Document(
        title_page=tuple((key, value) for key, value in pages if value),
        elements=tuple(s.element for scene in adapt(reading) for s in scene.elements),
    )
