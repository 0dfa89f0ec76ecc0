"""Measure chapter detection on the headed novels of the shared data; print a table."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from scriptwriter.readers.chapters import find_chapters

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data"
ROUNDS = 3
LONG = 5_000_000


def fastest(text: str) -> float:
    """Return the milliseconds of the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        find_chapters(text)
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def row(name: str, expected: int, found: int, *, exact: str, text: str) -> None:
    """Print a line of the table."""
    print(f"{name:36} {expected:8} {found:6} {exact:>6} {len(text):10,} {fastest(text):8.0f}")


def main() -> None:
    """Print a line for each book, and one for a text of five million characters."""
    truths = sorted((SHARED / "books" / "truth").glob("*.txt.json"))
    if not truths:
        print("The shared test data is not beside the project; nothing to measure.")
        return
    print(f"{'book':36} {'expected':>8} {'found':>6} {'exact':>6} {'characters':>10} {'ms':>8}")
    exact = headed = 0
    longest = ""
    for path in truths:
        truth = json.loads(path.read_text(encoding="utf-8"))
        text = (SHARED / truth["file"]).read_bytes().decode(truth["encoding"])
        units = [(unit["char_offset"], unit["level"]) for unit in truth["units"]]
        found = [(chapter.start, chapter.level) for chapter in find_chapters(text).chapters]
        is_exact = found == units
        headed += bool(units)
        exact += bool(units) and is_exact
        answer = ("yes" if is_exact else "no") if units else "-"
        row(Path(truth["file"]).stem, len(units), len(found), exact=answer, text=text)
        longest = max(longest, text, key=len)
    many = longest * (LONG // len(longest) + 1)
    found_there = len(find_chapters(many).chapters)
    row("the longest, many times", 0, found_there, exact="-", text=many)
    print(f"{exact} of {headed} headed books exact (offsets and levels of all divisions)")


if __name__ == "__main__":
    main()
