"""A book and what was found in it, as plain JSON for other programs."""

from __future__ import annotations

from typing import Any

from canon.models import Character
from scriptwriter.models import Book
from scriptwriter.plots import active_plot


def book(book: Book) -> dict[str, Any]:
    """What is known of the file and its chapters, without their text."""
    return {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "format": book.format,
        "words": book.words,
        "warnings": book.warnings,
        "chapters": [
            {
                "number": c.number,
                "title": c.title,
                "label": c.label,
                "level": c.level,
                "start": c.start,
                "end": c.end,
                "words": c.words,
            }
            for c in book.chapters.all()
        ],
    }


def plot(book: Book) -> dict[str, Any]:
    """The current overview; empty without one."""
    now = active_plot(book)
    if now is None:
        return {}
    fields = {name: getattr(now, name) for name in type(now).CONTENT}
    return {"version": now.version, **fields, "made_by": now.generation_method}


def cast(book: Book) -> list[dict[str, Any]]:
    """The people of a book, in a handful of queries."""
    rows = book.characters.filter(is_active=True)
    return [_character(c) for c in rows.prefetch_related("aliases", "archetype_links__archetype")]


def _character(character: Character) -> dict[str, Any]:
    return {
        "code": character.code,
        "name": character.name,
        "aliases": [alias.text for alias in character.aliases.all()],
        "mentions": character.mentions,
        "spoken_words": character.spoken_words,
        **{name: getattr(character, name) for name in Character.PROFILE},
        "evidence": {
            name: [e["quote"] for e in state["evidence"]]
            for name, state in character.field_state.items()
            if state["evidence"]
        },
        "archetypes": [
            {"name": link.archetype.name, "weight": link.weight}
            for link in character.archetype_links.all()
        ],
        "made_by": character.generation_method,
    }
