"""Damaged files: whatever bytes are changed or cut, the answer is a book or a typed error."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import (
    LOREM,
    docx_members,
    epub_members,
    link,
    nav,
    page,
    pdf,
    prose_lines,
    zip_of,
)
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import StoryforgeError

PAGES = {f"{n}.xhtml": page(f"<h1>Chapter {n}</h1><p>{LOREM}</p><hr/><p>x</p>") for n in (1, 2)}
CONTENTS = nav(link("1.xhtml", "Chapter 1", link("2.xhtml#a", "Two")), link("2.xhtml", "2"))
EPUB = epub_members(PAGES, contents=CONTENTS)
DOCX = docx_members([("Title", "T"), ("Heading1", "One"), ("", LOREM), ("Heading2", "Two")])
MARKDOWN = f"---\ntitle: x\n---\n# One\n\n*{LOREM}* [a](b) `c`\n\n> q\n\n***\n\nTwo\n---\n".encode()
PDF = pdf([prose_lines(540, [LOREM[:60], LOREM[60:110]]) for _ in range(3)])


def damaged(data: bytes, seed: int) -> bytes:
    """Change, cut, double or drop some bytes."""
    dice = random.Random(seed)  # noqa: S311
    changed = bytearray(data)
    for _ in range(dice.choice((1, 3, 30))):
        at = dice.randrange(max(len(changed), 1))
        kind = dice.randrange(4)
        if kind == 0 and changed:
            changed[at % len(changed)] = dice.randrange(256)
        elif kind == 1:
            del changed[at : at + dice.randrange(1, 60)]
        elif kind == 2:
            changed[at:at] = changed[at : at + 40]
        else:
            changed[at:at] = dice.choice((b"<", b"&x;", b"\x00", b"]]>", b"\xff\xfe", b"</p>"))
    return bytes(changed[: dice.randrange(len(changed) + 1)] if seed % 5 == 0 else changed)


def outcome(
    read: Callable[[bytes, str], ReadBook], data: bytes, name: str
) -> ReadBook | StoryforgeError:
    """Read; any exception but a typed error fails the test."""
    try:
        return read(data, name)
    except StoryforgeError as error:
        return error


def survives(data: bytes, name: str, read: Callable[[bytes, str], ReadBook] = read_book) -> None:
    found = outcome(read, data, name)
    if isinstance(found, StoryforgeError):
        assert found.message.endswith(".")
        return
    found.text.encode("utf-8")
    for chapter in found.chapters:
        assert 0 <= chapter.start <= chapter.body <= chapter.end <= len(found.text)


@pytest.mark.parametrize("seed", range(60))
def test_text_files_survive_any_damage(seed: int) -> None:
    text = f"CHAPTER 1\n\n{LOREM} Größe “x”\n\nCHAPTER 2\n\n{LOREM}"
    encoding = ("utf-8", "utf-16", "cp1252", "utf-32")[seed % 4]
    survives(damaged(text.encode(encoding), seed), "a.txt")
    survives(damaged(MARKDOWN, seed), "a.md")


@pytest.mark.parametrize("seed", range(120))
def test_containers_survive_damage_of_any_part(seed: int) -> None:
    for members, name in ((EPUB, "a.epub"), (DOCX, "a.docx")):
        part = list(members)[seed % len(members)]
        content = members[part]
        raw = content.encode() if isinstance(content, str) else content
        survives(zip_of(members | {part: damaged(raw, seed)}), name)


@pytest.mark.parametrize("seed", range(60))
def test_containers_survive_damage_of_the_container(seed: int) -> None:
    survives(damaged(zip_of(EPUB), seed), "a.epub")
    survives(damaged(zip_of(DOCX), seed), "a.docx")


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_pdf_cannot_take_the_caller_down(seed: int) -> None:
    survives(damaged(PDF, seed), "a.pdf", partial(read_book_guarded, seconds=10))
