"""How well the rules name protagonists and opponents, and how long a plot overview takes.

Truth is hand-made for six novels; protagonists there may be several. Run by `make bench`, or
`python tests/bench/bench_plot.py [book ...]`.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scriptwriter.prose.overview import opponent, read_overview
from scriptwriter.prose.passages import Passage
from scriptwriter.prose.places import find_places
from scriptwriter.prose.presence import most_present, read_presence
from scriptwriter.prose.profile import read_profile
from scriptwriter.prose.reading import read_prose
from scriptwriter.prose.types import Person
from tests.bench.bench_people import SHARED, bare, chapters_of, spellings

BOOKS = (
    "alice",
    "christmas_carol",
    "dracula",
    "frankenstein",
    "pride_and_prejudice",
    "treasure_island",
)
KEPT = 60
PROFILES = 5


def report(book: str) -> tuple[bool, int, int]:
    """Print a book's line; say whether the protagonist is right, and opponents named and right."""
    truth = json.loads((SHARED / f"books/character_truth/{book}.json").read_text("utf-8"))
    texts = chapters_of(truth["text"])
    cast, readings = read_prose(texts)
    places = find_places(texts, cast)
    lines: dict[str, list[Passage]] = {}
    for number, reading in enumerate(readings):
        for quote in reading.quotes:
            speaker = reading.attributions[quote.code].speaker
            if quote.is_speech and speaker:
                said = Passage(chapter=number, start=quote.start, end=quote.end, quote=quote.text)
                lines.setdefault(speaker, []).append(said)
    spoken = {key: sum(len(p.quote.split()) for p in said) for key, said in lines.items()}
    started = time.perf_counter()
    presence = read_presence(cast.people, texts, spoken)
    people = [replace(p, is_narrator=False) for p in most_present(cast.people, presence, spoken)]
    people = [p for p in people if p.mentions >= 3 or p.key in spoken][:KEPT]
    ranked = time.perf_counter()
    overview = read_overview(texts, people, places)
    viewed = time.perf_counter()
    for person in people[:PROFILES]:
        read_profile(person, people, texts, lines)
    done = time.perf_counter()
    against = opponent(texts, people)
    heroes, foes = names(truth, "protagonist"), names(truth, "antagonist")
    hit = is_one_of(people[0], heroes)
    foe = bool(against and is_one_of(against, foes))
    print(
        f"{book:20} protagonist {people[0].name} {'right' if hit else 'WRONG'};"
        f" opponent {against.name if against else '-'} {'right' if foe else 'WRONG' if against else ''}"
    )
    print(
        f"   presence {ranked - started:.2f} s, overview {viewed - ranked:.2f} s,"
        f" {PROFILES} profiles {done - viewed:.2f} s"
    )
    print(f"   {overview.logline}")
    return hit, int(against is not None), int(foe)


def names(truth: dict, role: str) -> set[str]:
    """All names of the people of a role, in lower case."""
    return {
        bare(name)
        for one in truth["characters"]
        if one["role"] == role
        for name in (one["name"], *(alias["alias"] for alias in one["aliases_in_text"]))
    }


def is_one_of(person: Person, wanted: set[str]) -> bool:
    """Whether one of the person's own names is wanted."""
    own = {spelling for name in (person.name, *person.aliases) for spelling in spellings(name)}
    return bool(own & wanted)


def main() -> None:
    """Print every book's lines and the sums."""
    rows = [report(book) for book in sys.argv[1:] or BOOKS]
    right, named, foes = (sum(column) for column in zip(*rows, strict=True))
    print(f"## protagonist {right}/{len(rows)}; opponents named {named}, right {foes}")


if __name__ == "__main__":
    main()
