"""Everything the rules find in a book, chapter by chapter."""

from __future__ import annotations

from collections.abc import Sequence

from scriptwriter.prose.adapt import Reading
from scriptwriter.prose.cast import Cast
from scriptwriter.prose.people import find_people
from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.scenes import find_scenes
from scriptwriter.prose.speakers import attribute


def read_chapter(text: str, cast: Cast) -> Reading:
    """Quotes with speakers, and scenes, of one normalized chapter text."""
    people = {person.key: person for person in cast.people}
    quotes = find_quotes(text)
    attributions = attribute(text, quotes, cast.mentions(text), people)
    return Reading(
        text=text,
        quotes=quotes,
        attributions={a.code: a for a in attributions},
        scenes=find_scenes(text, cast),
        people=people,
    )


def read_prose(chapters: Sequence[str]) -> tuple[Cast, list[Reading]]:
    """The cast of the whole book, then each chapter read with it."""
    cast = find_people(chapters)
    return cast, [read_chapter(text, cast) for text in chapters]
