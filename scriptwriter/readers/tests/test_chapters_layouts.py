"""Chapters are found in the ways novels are typeset, and not where prose only looks like headings.

Layouts and traps are templates in layouts.txt and traps.txt: `~300` becomes 300 words of prose, a line that begins with `@1 `
is a heading of level 1 that must be found. Nothing else may be found.
"""

from __future__ import annotations

import random
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from scriptwriter.readers.chapters import ChapterFinding, find_chapters

SENTENCES = (
    "The rain had not stopped since the morning, and the road to the mill was gone.",
    "She put the letter back into the drawer and turned the key twice.",
    "“You never told me,” he said, “that the boat was hers.”",
    "Nobody in the village could remember a winter like it.",
    "I went down to the harbor and waited until the last lamp was out.",
    "One of the men laughed, but the captain did not.",
    "“Wait!” cried Anna.",
    "There were four chairs in the room, two of them broken.",
    "Part of the wall had fallen into the garden, and nobody had moved the stones.",
    "At five he got up, dressed, and walked to the station without a word.",
    "It was, as the doctor liked to say, a matter of patience.",
    "The dog looked at the door as if someone stood behind it.",
    "A hundred times she had thought of leaving, and a hundred times she had stayed.",
    "“I am sure of it.”",
    "Two days later the money came, in a plain envelope with no name on it.",
    "He had read the first chapter so often that he knew it by heart.",
)


class Prose:
    """Paragraphs of plain narration, the same on every run."""

    def __init__(self, *, width: int, indent: str, between: str) -> None:
        self.random = random.Random(7)  # noqa: S311
        self.width, self.indent, self.between = width, indent, between

    def paragraphs(self, words: int) -> str:
        found: list[str] = []
        while words > 0:
            chosen = self.random.choices(SENTENCES, k=self.random.randint(1, 7))
            paragraph = self.indent + " ".join(chosen)
            words -= len(paragraph.split())
            found.append(
                "\n".join(textwrap.wrap(paragraph, self.width)) if self.width else paragraph
            )
        return self.between.join(found)


def render(
    template: str, *, width: int = 70, indent: str = "", between: str = "\n\n"
) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a template and the offset and level of each heading marked in it."""
    prose = Prose(width=width, indent=indent, between=between)
    text = ""
    expected: list[tuple[int, int]] = []
    for line in textwrap.dedent(template).strip("\n").split("\n"):
        if found := re.match(r"\s*@(\d) ?", line):
            expected.append((len(text), int(found[1])))
            text += line.replace(found.group().lstrip(), "", 1) + "\n"
        elif found := re.fullmatch(r"~(\d+)", line.strip()):
            text += prose.paragraphs(int(found[1])) + "\n"
        else:
            text += line + "\n"
    return text, expected


def places(finding: ChapterFinding) -> list[tuple[int, int]]:
    return [(chapter.start, chapter.level) for chapter in finding.chapters]


def shown(text: str, found: list[tuple[int, int]]) -> list[str]:
    return [f"{level} {text[start:].lstrip().splitlines()[0]}" for start, level in found]


def templates(filename: str) -> dict[str, str]:
    source = (Path(__file__).parent / filename).read_text(encoding="utf-8")
    pieces = re.split(r"^=== (.+)\n", source, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


LAYOUTS = templates("layouts.txt")
TRAPS = templates("traps.txt")
TYPINGS: dict[str, dict[str, Any]] = {
    "hard-wrapped": {},
    "a paragraph a line": {"width": 0},
    "no blank lines between paragraphs": {"width": 0, "between": "\n"},
    "indented, no blank lines between": {"indent": "    ", "between": "\n"},
    "wide between paragraphs": {"width": 60, "between": "\n\n\n"},
}
# Where paragraphs are as far apart as headings, space tells nothing.
UNREADABLE = {("titles set apart by space", "wide between paragraphs")}


@pytest.mark.parametrize("typing", TYPINGS)
@pytest.mark.parametrize("name", LAYOUTS | TRAPS)
def test_headings_are_found_and_nothing_else(name: str, typing: str) -> None:
    if (name, typing) in UNREADABLE:
        pytest.skip("white space tells headings from paragraphs here")
    text, expected = render((LAYOUTS | TRAPS)[name], **TYPINGS[typing])
    finding = find_chapters(text)
    found = places(finding)
    if not expected:
        assert finding.warnings[0].startswith("no chapter headings were found")
        return
    assert shown(text, found) == shown(text, expected)
    assert found == expected


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_line_ends_do_not_matter(name: str, ending: str) -> None:
    text, expected = render(LAYOUTS[name])
    changed = text.replace("\n", ending)
    found = find_chapters(changed).chapters
    lines = [changed[chapter.start :].split(ending)[0] for chapter in found]
    assert lines == [text[start:].split("\n")[0] for start, _ in expected]


@pytest.mark.parametrize(
    "name", [name for name in LAYOUTS if "space" not in name and "lines" not in name]
)
def test_blank_lines_are_not_needed_where_a_line_is_a_paragraph(name: str) -> None:
    text, expected = render(LAYOUTS[name], width=0)
    squeezed = "\n".join(line for line in text.split("\n") if line.strip())
    found = find_chapters(squeezed).chapters
    lines = [squeezed[chapter.start :].split("\n")[0] for chapter in found]
    assert lines == [text[start:].split("\n")[0] for start, _ in expected]
