"""Whether the screenplay by rules keeps the book: quotes, speakers, words of narration, and how long it takes.

"kept" is the share of quotes that stand in the script to the letter but for white
space. "narration" is the share of content words outside quotes and tags that stand in the script.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_people import SHARED, chapters_of

from scriptwriter.formats.elements import Kind
from scriptwriter.prose.adapt import UNKNOWN_CUE, AdaptedScene, adapt
from scriptwriter.prose.leftovers import EMPTY
from scriptwriter.prose.people import find_people
from scriptwriter.prose.reading import read_chapter
from scriptwriter.prose.slugline import NOT_STATED
from scriptwriter.prose.speeches import Reading
from scriptwriter.prose.spoken import fold, words_of

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(kw_only=True)
class Count:
    """Sums over the chapters of one book; `worst` is the slowest chapter in milliseconds."""

    chapters: int = 0
    quotes: int = 0
    kept: int = 0
    speeches: int = 0
    named: int = 0
    scenes: int = 0
    placed: int = 0
    words: int = 0
    told: int = 0
    milliseconds: float = 0.0
    worst: float = 0.0


def measure(texts: Sequence[str]) -> Count:
    """Adapt every chapter of a book."""
    cast, count = find_people(texts), Count()
    for text in texts:
        began = time.perf_counter()
        reading = read_chapter(text, cast)
        scenes = adapt(reading)
        took = (time.perf_counter() - began) * 1000
        count.chapters += 1
        count.milliseconds += took
        count.worst = max(count.worst, took)
        _count_speeches(count, reading, scenes)
        _count_narration(count, reading, scenes)
    return count


def _count_speeches(count: Count, reading: Reading, scenes: Sequence[AdaptedScene]) -> None:
    items = [item for scene in scenes for item in scene.elements]
    said = {
        code: item.element.text for item in items for code in _codes(item.element.kind, item.codes)
    }
    for quote in reading.quotes:
        if quote.is_speech:
            text = fold(said.get(quote.code, ""))
            count.quotes += 1
            count.kept += words_of(quote.text) in text
    cues = [item.element.text for item in items if item.element.kind == Kind.CUE]
    count.speeches += len(cues)
    count.named += sum(cue != UNKNOWN_CUE for cue in cues)
    count.scenes += len(scenes)
    count.placed += sum(NOT_STATED not in scene.heading for scene in scenes)


def _codes(kind: Kind, codes: tuple[str, ...]) -> tuple[str, ...]:
    return codes if kind == Kind.DIALOGUE else ()


def _count_narration(count: Count, reading: Reading, scenes: Sequence[AdaptedScene]) -> None:
    taken = [(q.outer_start, q.outer_end) for q in reading.quotes if q.is_speech]
    taken += [(a.tag_start, a.tag_end) for a in reading.attributions.values() if a.tag_end]
    wanted: Counter[str] = Counter()
    at = reading.scenes[0].start if reading.scenes else len(reading.text)
    for start, end in [*sorted(taken), (len(reading.text), len(reading.text))]:
        wanted.update(_content(reading.text[at:start]))
        at = max(at, end)
    got = Counter(
        word
        for scene in scenes
        for item in scene.elements
        if item.element.kind in (Kind.ACTION, Kind.PARENTHETICAL, Kind.CUE)
        for word in _content(item.element.text)
    )
    count.words += wanted.total()
    count.told += (wanted & got).total()


def _content(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in EMPTY]


def main() -> None:
    """Print one row a book."""
    print(
        f"{'book':<32}{'ch':>4}{'quotes':>8}{'kept':>8}{'named':>8}{'placed':>8}{'words':>8}{'ms/ch':>8}{'worst':>8}"
    )
    for path in sorted((SHARED / "books" / "txt").glob("*.txt")):
        if sys.argv[1:] and not any(name in path.name for name in sys.argv[1:]):
            continue
        c = measure(chapters_of(f"books/txt/{path.name}"))
        row = [
            (c.kept, c.quotes),
            (c.named, c.speeches),
            (c.placed, c.scenes),
            (c.told, c.words),
        ]
        shares = [f"{part / whole:.2%}" if whole else "-" for part, whole in row]
        widths = (8, 8, 8, 8)
        print(
            f"{path.stem[:31]:<32}{c.chapters:>4}{c.quotes:>8}"
            + "".join(f"{share:>{width}}" for share, width in zip(shares, widths, strict=True))
            + f"{c.milliseconds / max(1, c.chapters):>8.0f}{c.worst:>8.0f}"
        )


if __name__ == "__main__":
    assert SHARED.exists(), "the shared test data is not here"
    main()
