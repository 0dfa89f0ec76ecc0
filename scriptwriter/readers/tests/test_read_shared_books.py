"""Real books in every format, against their hand-made truth."""

from __future__ import annotations

import difflib
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scriptwriter.readers.guarded import read_book_guarded
from scriptwriter.readers.types import ChapterSpan, ReadBook
from storyforge.core.errors import UnreadableFile, UnsupportedFormat

ROOT = Path(__file__).resolve().parents[3]
BOOKS = Path(os.environ.get("STORYFORGE_SHARED", ROOT.parent / "shared")) / "data" / "books"
TEXTS = sorted(BOOKS.glob("txt/*.txt"))
EPUBS = sorted(BOOKS.glob("epub/*.epub"))

pytestmark = pytest.mark.skipif(not TEXTS, reason="the shared test data is not beside the project")

MATTER = re.compile(
    "Titlepage|Imprint|Preface|Introduction|Dedication|Epigraph|To the Hesitating Purchaser|"
    "Dramatis Personae|The Scenes of the Play|Endnotes|Colophon|Uncopyright|BIBLIOGRAPHY|NOTES.*"
)
# Sections inside a chapter, which the contents list one level deeper.
SECTIONS = re.compile(
    "Walton, in Continuation|I. The Rabbi and the Diadem|II. Friendship|III. True Charity|"
    "IV. An Eastern Garden"
)


@cache
def read(path: Path) -> ReadBook:
    return read_book_guarded(path.read_bytes(), path.name)


def truth_of(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((BOOKS / "truth" / f"{path.name}.json").read_text())
    return truth


def as_listed(chapter: ChapterSpan) -> str:
    """A chapter as the contents page prints it, without spaces and punctuation."""
    both = chapter.title if chapter.title == chapter.label else chapter.label + chapter.title
    return "".join(c for c in both if c.isalnum())


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_a_text_file_is_decoded_exactly_and_offsets_count_in_it(path: Path) -> None:
    truth = truth_of(path)
    book = read(path)
    assert book.text == path.read_bytes().decode(truth["encoding"]).removeprefix("\ufeff")
    assert book.language == truth["language"]
    for chapter in book.chapters:
        first = re.split(r"[\r\n]", book.text[chapter.start : chapter.end].strip(), maxsplit=1)[0]
        words = set(re.findall(r"\w+", first.casefold()))
        assert chapter.body == chapter.start or words & set(
            re.findall(r"\w+", f"{chapter.label} {chapter.title}".casefold())
        )


@pytest.mark.parametrize("path", EPUBS, ids=lambda p: p.name)
def test_an_epub_says_who_wrote_it(path: Path) -> None:
    truth = truth_of(path)
    book = read(path)
    assert book.title == truth["titles"][0]
    assert book.author == ", ".join(truth["creators"])
    assert book.language == truth["language"][0][:2]


@pytest.mark.parametrize("path", EPUBS, ids=lambda p: p.name)
def test_an_epub_has_exactly_the_chapters_of_its_contents(path: Path) -> None:
    truth = truth_of(path)
    listed = [
        title
        for _, title, _ in truth["toc"]
        if not MATTER.fullmatch(title) and not SECTIONS.fullmatch(title)
    ]
    wanted = [title for title in listed if title not in truth["titles"]]
    if path.name == "war_of_the_worlds_pg36.epub":  # lists number and title as two lines
        wanted = ["".join(pair) for pair in zip(wanted[::2], wanted[1::2], strict=True)]
    if path.name == "childrens_literature_idpf.epub":  # one section holds the whole file
        wanted = wanted[1:]
    found = [as_listed(chapter) for chapter in read(path).chapters]
    assert found == ["".join(c for c in title if c.isalnum()) for title in wanted]


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("treasure_island_se.epub", {1: 6, 2: 34}),
        ("war_of_the_worlds_pg36.epub", {1: 2, 2: 27}),
        ("frankenstein_se.epub", {1: 28}),
        ("christmas_carol_se.epub", {1: 5}),
        ("importance_of_being_earnest_se.epub", {1: 3}),
        ("wasteland_idpf.epub", {1: 5}),
    ],
)
def test_parts_stand_above_their_chapters(name: str, levels: dict[int, int]) -> None:
    chapters = read(BOOKS / "epub" / name).chapters
    assert {level: sum(c.level == level for c in chapters) for level in levels} == levels
    assert len(chapters) == sum(levels.values())


def test_chapters_hold_their_own_text_and_no_license() -> None:
    book = read(BOOKS / "epub" / "war_of_the_worlds_pg36.epub")
    first, last = book.chapters[1], book.chapters[-1]
    assert book.text[first.body :].startswith("No one would have believed")
    assert book.text[last.start : last.end].rstrip().endswith("counted me, among the dead.")
    assert "PROJECT GUTENBERG" not in book.text[first.start : last.end]


def test_a_play_keeps_its_speakers() -> None:
    book = read(BOOKS / "epub" / "importance_of_being_earnest_se.epub")
    assert "\n\nAlgernon: Did you hear what I was playing, Lane?\n\nLane: I didn’t" in book.text


@pytest.mark.parametrize(
    ("name", "count", "title", "author"),
    [
        ("alice.md", 12, "Alice's Adventures in Wonderland", "Lewis Carroll"),
        ("alice_headings.docx", 12, "Alice's Adventures in Wonderland", "Lewis Carroll"),
        ("treasure_island_no_styles.docx", 40, "Treasure Island", "Robert Louis Stevenson"),
        ("alice_two_columns.pdf", 4, "Alice's Adventures in Wonderland", "Lewis Carroll"),
    ],
)
def test_other_formats_have_their_chapters(name: str, count: int, title: str, author: str) -> None:
    book = read(BOOKS / "other" / name)
    assert (len(book.chapters), book.title, book.author) == (count, title, author)
    assert all(book.text[c.start : c.end].strip() for c in book.chapters)


def test_a_pdf_has_every_word_and_nearly_every_paragraph_of_its_source() -> None:
    source = (BOOKS / "txt" / "sherlock_holmes_adventures.txt").read_text("utf-8")
    source = source[source.rindex("ADVENTURE I. A SC") : source.index("ADVENTURE IV")]
    wanted = [" ".join(p.split()) for p in re.split(r"\n\s*\n", source) if p.strip()]
    book = read(BOOKS / "other" / "sherlock_3_stories.pdf")
    found = [" ".join(p.split()) for p in book.text.split("\n\n")]
    assert " ".join(found).split() == " ".join(wanted).split()
    matching = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in matching) >= 0.98 * len(wanted)
    stories = [c.label for c in book.chapters if c.level == 1]
    assert stories == ["ADVENTURE I", "ADVENTURE II", "ADVENTURE III"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("other/alice_encrypted.pdf", "password"),
        ("other/bartleby_scanned_no_text_layer.pdf", "scanned"),
        ("office_samples/libreoffice-writer-password.pdf", "password"),
        ("office_samples/imagemagick-CCITTFaxDecode.pdf", "scanned"),
        ("office_samples/empty.docx", "no text"),
    ],
)
def test_locked_scanned_and_empty_files_are_refused_in_plain_words(name: str, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read(BOOKS / name)


@pytest.mark.parametrize(
    "name", ["alice.fb2", "alice.rtf", "frankenstein.odt", "war_of_the_worlds.html"]
)
def test_formats_that_are_not_read_are_named(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="Files that are read: plain text, Markdown, EPUB"):
        read(BOOKS / "other" / name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("comments.docx", "Ouch."),
        ("footnotes.docx", "Ouch."),
        ("hdr-header-footer.docx", "section with header"),
        ("num-having-numbering-part.docx", "Paragraph having List Number style."),
        ("par-rendered-page-breaks.docx", "No page breaks"),
        ("strict-format.docx", "Test"),
        ("tables.docx", "Bottom right"),
        ("text-box.docx", "Datum plane"),
        ("habibi.pdf", "habibi"),
        ("multicolumn.pdf", "consectetuer adipiscing elit"),
        ("pdflatex-4-pages.pdf", "This text should show what a printed text will look like"),
    ],
)
def test_office_samples_are_read(name: str, words: str) -> None:
    assert words in read(BOOKS / "office_samples" / name).text
