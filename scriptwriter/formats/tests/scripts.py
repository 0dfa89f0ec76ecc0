"""Texts and documents to try formats with: the shared test data, and strategies that make more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import strategies as st

from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.inline import speaker_name

HERE = Path(__file__).parent
OWN = HERE / "fixtures" / "constructs.fountain"
PROJECT = HERE.parents[2]
SHARED = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data"
SCREENPLAYS = SHARED / "screenplays"


def shared_files(pattern: str) -> list[Path]:
    """Return shared screenplay files, or one that is missing so that the test says it skips."""
    return sorted(SCREENPLAYS.rglob(pattern)) or [SCREENPLAYS / "missing"]


def source_of(path: Path) -> str:
    """Read a file with its line ends as they are; skip where the shared data is absent."""
    if not path.exists():
        pytest.skip(f"shared test data is not here: {path.name}")
    return path.read_bytes().decode("utf-8")


_SPACES = ["\n", "\n\n", "\r\n", "\r", "  \n", " ", "\t", "   ", "\x0c", "\u2028", "\x00", "\ufeff"]
_PHRASES = [
    "INT. HOUSE - DAY",
    "BOB",
    "ANNA (V.O.)",
    "(beat)",
    "Hello there.",
    "CUT TO:",
    "Title: x",
]
_MARKS = ["!", ".", "@", ">", "<", "~", "=", "===", "#", "# ", "#1#", "^", "(", ")", "*", "**", "_"]
_HIDING = ["[[", "]]", "/*", "*/", "/**/", "\\", "a", "é"]
TOKENS = [*_SPACES, "\n", *_PHRASES, "Title:", "FADE OUT.", *_MARKS, *_HIDING]
SOUP = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)

_WORDS = [
    *_PHRASES,
    *_MARKS,
    "EXT",
    "TO:",
    "太郎",
    "\\*",
    "[[a note]]",
    "/* cut */",
    "FADE OUT.",
    "?",
]
LINE = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)
TIGHT = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map("".join)
TEXT = (LINE | TIGHT).map(str.strip)
TEXTS = st.lists(TEXT, min_size=1, max_size=4).map("\n".join)
NUMBER = st.sampled_from(["", "", "1", "12A", "110-A", "I.2"])


def cue(text: str, *, dual: bool = False) -> Element:
    """Make a cue as the parser would."""
    return Element(kind=Kind.CUE, text=text, dual=dual, speaker=speaker_name(text))


def _spoken(kinds: list[Kind], texts: list[str]) -> list[Element]:
    spoken: list[Element] = []
    for kind, text in zip(kinds, texts, strict=False):
        if kind is Kind.PARENTHETICAL:
            spoken.append(Element(kind=kind, text="(softly)"))
        elif not spoken or spoken[-1].kind is not kind:
            spoken.append(Element(kind=kind, text=text))
    return spoken


SPEECH = st.builds(
    lambda name, dual, kinds, texts: [cue(name, dual=dual), *_spoken(kinds, texts)],
    TEXT,
    st.booleans(),
    st.lists(st.sampled_from([Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS]), max_size=4),
    st.lists(TEXTS, min_size=4, max_size=4),
)


def _one(kind: Kind, texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Element]]:
    return texts.map(lambda text: [Element(kind=kind, text=text)])


BLOCK = st.one_of(
    st.builds(lambda t, n: [Element(kind=Kind.HEADING, text=t, number=n)], TEXT, NUMBER),
    _one(Kind.ACTION, TEXTS),
    SPEECH,
    _one(Kind.TRANSITION, TEXT),
    _one(Kind.CENTERED, TEXT),
    _one(Kind.SYNOPSIS, TEXT),
    st.builds(lambda t, n: [Element(kind=Kind.SECTION, text=t, level=n)], TEXT, st.integers(1, 6)),
    st.just([Element(kind=Kind.NOTE, text="Is this\n  all?")]),
    st.just([Element(kind=Kind.BONEYARD, text="\nINT. CELLAR\n\nBOB\nHi.\n")]),
    st.just([Element(kind=Kind.PAGE_BREAK)]),
)
TITLE_PAGE = st.lists(
    st.tuples(st.sampled_from(["Title", "Author", "Draft date", "Foo"]), TEXTS), max_size=3
)
DOCUMENTS = st.builds(
    lambda title, blocks: Document(
        title_page=tuple(title), elements=tuple(element for block in blocks for element in block)
    ),
    TITLE_PAGE,
    st.lists(BLOCK, max_size=8),
)
