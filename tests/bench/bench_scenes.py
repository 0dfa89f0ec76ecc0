"""How well scene cuts are recovered when the author's breaks, or the chapter headings, are taken out.

No public truth for scenes was at hand, so two stand-ins: (1) breaks of asterisks replaced by a blank line; (2) pairs of
neighboring chapters joined without a heading, where the joint must be found. Both count only what
authors marked; a cut elsewhere may still be right, so precision is a lower bound.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_people import SHARED, chapters_of

from scriptwriter.prose.breaks import author_breaks
from scriptwriter.prose.headings import body_start
from scriptwriter.prose.people import Cast, find_people
from scriptwriter.prose.scenes import find_scenes

DEVELOPMENT = (
    "alice_in_wonderland",
    "pride_and_prejudice",
    "treasure_island",
    "sherlock_holmes_adventures",
)
HELD_OUT = (
    "dracula_pg_latin1_toc",
    "frankenstein",
    "war_of_the_worlds",
    "christmas_carol_pg_bom_crlf",
)
# A cut this near to the author's counts as the same.
NEAR = 300


def without_breaks(text: str) -> tuple[str, list[int]]:
    """The chapter's body without its break lines, and where they stood."""
    body = body_start(text)
    pieces, joints, last = [], [], body
    for at in author_breaks(text, body):
        piece = text[last:at].rstrip().rstrip("*#~ \n-_")
        pieces.append(piece + "\n\n")
        joints.append(sum(map(len, pieces)))
        last = at
    return "".join(pieces) + text[last:], joints


def joined(first: str, second: str) -> tuple[str, list[int]]:
    """Two chapters without the heading between them."""
    head = first[body_start(first) :].rstrip() + "\n\n"
    return head + second[body_start(second) :], [len(head)]


def matches(found: Sequence[int], wanted: Sequence[int]) -> int:
    """How many wanted joints have a cut near them."""
    return sum(any(abs(at - cut) <= NEAR for cut in found) for at in wanted)


def judge(texts: Sequence[tuple[str, list[int]]], cast: Cast) -> tuple[int, int, int, int]:
    """Hits, found cuts, wanted cuts and words."""
    hits = found = wanted = words = 0
    for text, joints in texts:
        cuts = [scene.start for scene in find_scenes(text, cast)[1:]]
        hits += matches(cuts, joints)
        found += len(cuts)
        wanted += len(joints)
        words += len(text.split())
    return hits, found, wanted, words


def line(title: str, counts: tuple[int, int, int, int]) -> str:
    """One row of the table."""
    hits, found, wanted, words = counts
    precision = hits / found if found else 0.0
    recall = hits / wanted if wanted else 0.0
    both = 2 * precision * recall / (precision + recall) if hits else 0.0
    return (
        f"   {title:<34} P {precision:.2f} R {recall:.2f} F1 {both:.2f} "
        f"({hits}/{wanted} marked, {found} cuts, {words // max(found, 1)} words a cut)"
    )


def main() -> None:
    """Print both measures for every book."""
    for half, books in (("development", DEVELOPMENT), ("held out", HELD_OUT)):
        if sys.argv[1:] and half.split()[0] not in sys.argv[1:]:
            continue
        print(f"## {half}")
        for book in books:
            chapters = chapters_of(f"books/txt/{book}.txt")
            cast = find_people(chapters)
            marked = [pair for pair in map(without_breaks, chapters) if pair[1]]
            pairs = [joined(a, b) for a, b in pairwise(chapters) if len(a) > 4000 and len(b) > 4000]
            print(line(f"{book[:18]}: breaks", judge(marked, cast)))
            print(line(f"{book[:18]}: joined", judge(pairs, cast)))


if __name__ == "__main__":
    assert SHARED.exists(), "the shared test data is not here"
    main()
