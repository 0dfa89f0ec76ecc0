"""PDF: lines become paragraphs again; heads, feet and numbers go; scans are refused."""

from __future__ import annotations

import zlib

import pytest
import typst

from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import Placed, pdf, prose_lines
from storyforge.core.errors import FileTooLarge, UnreadableFile

WIDE = "The harbor lay still under the thick gray fog now"  # 49 of 50 characters: a full line


def body(*lines: str, top: float = 540) -> list[Placed]:
    return prose_lines(top, list(lines))


def full_page(number: int) -> list[Placed]:
    """Twenty full lines, no two alike on any page."""
    words = WIDE.split()
    turns = [words[k % 10 :] + words[: k % 10] for k in range(number, number + 20)]
    return body(
        *[" ".join([*turn[:-1], f"p{number:02d}l{n:02d}"])[:50] for n, turn in enumerate(turns)],
        top=520,
    )


def text_of(*pages: list[Placed]) -> str:
    return read_book(pdf(list(pages)), "a.pdf").text


def test_indented_first_lines_start_paragraphs() -> None:
    text = text_of(
        body(
            f"   {WIDE[:45]}",
            WIDE,
            "and nobody spoke.",
            f"   {WIDE[:45]}",
            "of the lamp.",
            "   Why?",
            "   Because.",
            f"   {WIDE[:45]}",
            WIDE,
        )
    )
    assert text.split("\n\n") == [
        f"{WIDE[:45]} {WIDE} and nobody spoke.",
        f"{WIDE[:45]} of the lamp.",
        "Why?",
        "Because.",
        f"{WIDE[:45]} {WIDE}",
    ]


def test_gaps_start_paragraphs() -> None:
    first = body(WIDE, WIDE, "the end of it.")
    second = body(WIDE, WIDE, "of the second.", top=480)
    assert text_of([*first, *second]).split("\n\n") == [
        f"{WIDE} {WIDE} the end of it.",
        f"{WIDE} {WIDE} of the second.",
    ]


def test_lines_broken_on_purpose_stay_lines() -> None:
    text = text_of(body(WIDE, WIDE, "End of prose.", "O rose,", "thou art sick", WIDE, WIDE))
    assert "O rose,\nthou art sick\n" in text


def test_words_cut_at_the_line_end_are_joined() -> None:
    text = text_of(
        body(
            "A well-known captain of the harbor watched the fo-",
            "reign ships come in, and thought of his son-in-law",
            "who had a boat, a house, and a name that was well-",
            "known to all of them, as well-known as was Jean-",
            "Luc the pilot, who had never learned to swim well",
        )
    )
    assert "foreign ships" in text
    assert "that was well-known to all" in text
    assert "Jean-Luc the pilot" in text


def test_running_heads_and_numbers_go_and_paragraphs_cross_pages() -> None:
    pages = []
    for number in range(1, 7):
        head = (150.0, 580.0, 8.0, "THE LAMP" if number % 2 else "ADA LUND")
        foot = (195.0, 20.0, 8.0, str(number))
        lines = body(*[f"{WIDE[:44]} {number}{n:03d}" for n in range(12)])
        pages.append([head, foot, *lines])
    book = read_book(pdf(pages), "a.pdf")
    assert "LAMP" not in book.text
    assert "ADA" not in book.text
    assert "\n" not in book.text
    assert any("page numbers left out: 12" in warning for warning in book.warnings)


def test_first_lines_of_pages_are_no_running_heads() -> None:
    pages = [body(*[f"{WIDE[:40]} {p * 31 + n:04d}" for n in range(40)], top=585) for p in range(5)]
    words = text_of(*pages).split()
    assert sum(word.isdigit() for word in words) == 200


@pytest.mark.parametrize("size", [10.0, 18.0])
def test_chapter_numbers_at_one_height_are_no_page_numbers(size: float) -> None:
    pages = []
    for chapter in range(1, 6):
        heading = (150.0, 560.0, size, f"CHAPTER {chapter}")
        pages += [[heading, *full_page(len(pages))], full_page(len(pages) + 1)]
    for number, lines in enumerate(pages, start=1):
        lines.append((195.0, 20.0, 8.0, str(number)))
    book = read_book(pdf(pages), "a.pdf")
    assert [c.label for c in book.chapters] == [f"CHAPTER {n}" for n in range(1, 6)]
    assert book.text.count("p00l") == 20


def test_the_information_of_the_file_gives_title_and_author() -> None:
    book = read_book(pdf([body(WIDE)], info="/Title(The Lamp)/Author(Ada Lund)"), "a.pdf")
    assert (book.title, book.author, book.format) == ("The Lamp", "Ada Lund", "pdf")
    printed = pdf([body(WIDE)], info="/Title(Microsoft Word - The Lamp.docx)/Author(Unknown)")
    book = read_book(printed, "a.pdf")
    assert (book.title, book.author) == ("The Lamp", "")


def test_pages_without_text_are_refused_as_a_scan() -> None:
    with pytest.raises(UnreadableFile, match="scanned"):
        read_book(pdf([[], [], []]), "a.pdf")
    with pytest.raises(UnreadableFile, match="scanned"):
        read_book(pdf([[(190, 20, 8, str(n))] for n in range(30)]), "a.pdf")


def test_a_cut_file_is_called_damaged() -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        read_book(b"%PDF-1.4\n1 0 obj\n<</Type/Catalog", "a.pdf")


def test_too_many_pages_are_refused_with_the_limit() -> None:
    with pytest.raises(FileTooLarge, match="2,000 pages"):
        read_book(pdf([[] for _ in range(2001)]), "a.pdf")


def test_a_stream_that_unpacks_to_a_bomb_is_refused_before_it_is_opened() -> None:
    packed = zlib.compress(b" " * (33 << 20))
    bomb = b"9 0 obj\n<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n"
    data = pdf([body(WIDE)]).replace(b"xref\n", bomb % (len(packed), packed) + b"xref\n", 1)
    with pytest.raises(FileTooLarge, match="32 MB"):
        read_book(data, "a.pdf")
    picture = data.replace(b"<</Filter", b"<</Subtype/Image/Filter")
    assert read_book(picture, "a.pdf").text == WIDE


def test_bookmarks_of_the_file_cut_the_chapters_where_their_headings_stand() -> None:
    prose = "#lorem(500)\n\n"
    source = "#set page(width: 120mm, height: 180mm)\n#set heading(numbering: none)\n"
    source += f"= Winter\n== The Fog\n{prose}== The Rain\n{prose}= Spring\n== The Thaw\n{prose}"
    book = read_book(typst.compile(source.encode()), "a.pdf")
    assert [(c.level, c.title) for c in book.chapters] == [
        (1, "Winter"),
        (2, "The Fog"),
        (2, "The Rain"),
        (1, "Spring"),
        (2, "The Thaw"),
    ]
    assert all(book.text[c.start :].startswith(c.title) for c in book.chapters)
    assert book.text[book.chapters[1].body :].startswith("Lorem ipsum")
