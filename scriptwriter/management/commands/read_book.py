from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scriptwriter.readers.chapters import holds_text
from scriptwriter.readers.guarded import read_book_guarded
from storyforge.core.errors import StoryforgeError


class Command(BaseCommand):
    """Show what an import would store. Needs no database."""

    help = "Read a book file and print its title, author, language and chapters."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            book = read_book_guarded(path.read_bytes(), path.name)
        except OSError as error:
            self.stderr.write(f"{path}: {error.strerror or error}")
            sys.exit(1)
        except StoryforgeError as error:
            self.stderr.write(f"{path.name}: {error.message}")
            sys.exit(1)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(book), ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{book.title} / {book.author} / {book.language} / {book.format}")
        for chapter in book.chapters:
            self.stdout.write(f"{chapter.start:>9} {chapter.end:>9}  {chapter.title}")
        for warning in book.warnings:
            self.stdout.write(f"note: {warning}")


def as_json(book: Any) -> dict[str, Any]:
    """The book without its text: offsets count characters of the decoded text, from 0.

    `number` counts the chapters that hold text; the heading of a part has none.
    """
    numbers = count(1)
    return {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "format": book.format,
        "encoding": book.encoding,
        "characters": len(book.text),
        "chapters": [
            {
                "number": next(numbers) if holds_text(book.text, c) else None,
                "title": c.title,
                "label": c.label,
                "level": c.level,
                "start": c.start,
                "body": c.body,
                "end": c.end,
            }
            for c in book.chapters
        ],
        "warnings": list(book.warnings),
    }
