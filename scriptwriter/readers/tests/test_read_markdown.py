"""Markdown: headings are chapters, marks go, words stay."""

from __future__ import annotations

import pytest

from scriptwriter.readers.inline import plain_inline
from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import LOREM

PROSE = LOREM * 8


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("a *b* **c** ***d*** _e_ __f__", "a b c d e f"),
        ("**bold with *inner* words**", "bold with inner words"),
        ("2 * 3 * 4 and snake_case_word", "2 * 3 * 4 and snake_case_word"),
        ("un*frigging*believable", "unfriggingbelievable"),
        ("*never closed", "*never closed"),
        (r"\*not emphasis\* and 1\. no list", "*not emphasis* and 1. no list"),
        ("a [link](http://x.y/z) and [ref][1] and <https://x.y>", "a link and ref and https://x.y"),
        ("before ![picture](a.png) after", "before  after"),
        ("a note[^1] and `code *stars*`", "a note and code *stars*"),
        ("x <b>bold</b><br/> and 3 < 4 > 2", "x bold and 3 < 4 > 2"),
        ("one <!-- hidden\nstill --> two", "one  two"),
        ("caf&eacute; &amp; bar", "café & bar"),
        ("~~gone~~ kept", "gone kept"),
        ("line one  \nline two\\\nline three", "line one\nline two\nline three"),
    ],
)
def test_inline_marks_become_plain_words(marked: str, plain: str) -> None:
    assert plain_inline(marked) == plain


@pytest.mark.parametrize("mark", ["*", "_", "`", "[", "![", "<!--", "<b", "~~", "\\", "[^", "  "])
def test_a_flood_of_marks_does_not_hang(mark: str, no_hang) -> None:
    text = (mark + "a ") * 100_000
    assert "a" in plain_inline(text)


def test_headings_of_both_kinds_are_chapters() -> None:
    source = f"# One #\n\n{PROSE}\n\nTwo\n===\n\n{PROSE}\n\n#hashtag stays\n"
    book = read_book(source.encode(), "a.md")
    assert [c.title for c in book.chapters] == ["One", "Two"]
    assert book.text[book.chapters[1].body :].startswith("The harbor")
    assert "#hashtag stays" in book.text


def test_the_lines_on_top_give_title_author_and_language() -> None:
    source = f"---\ntitle: 'The Lamp'\nauthor: Ada Lund\nlang: en-GB\n---\n\n# Fog\n\n{PROSE}"
    book = read_book(source.encode(), "a.md")
    assert (book.title, book.author, book.language) == ("The Lamp", "Ada Lund", "en")
    assert book.text.startswith("Fog")


def test_a_lone_top_heading_is_the_title_of_the_book() -> None:
    source = f"# The Lamp\n\n## Fog\n\n{PROSE}\n\n## Rain\n\n{PROSE}"
    book = read_book(source.encode(), "a.md")
    assert book.title == "The Lamp"
    assert [(c.level, c.title) for c in book.chapters] == [(1, "Fog"), (1, "Rain")]


def test_rules_are_scene_breaks_between_prose_only() -> None:
    source = "# One\n\n---\n\nFirst.\n\n***\n\nSecond.\n\n- - -\n\n# Two\n\nThird."
    assert read_book(source.encode(), "a.md").text == (
        "One\n\nFirst.\n\n* * *\n\nSecond.\n\nTwo\n\nThird."
    )


def test_dashes_below_a_long_paragraph_are_a_scene_break_not_a_heading() -> None:
    book = read_book(f"# One\n\n{PROSE}\n---\nNext.".encode(), "a.md")
    assert [c.title for c in book.chapters] == ["One"]
    assert "\n\n* * *\n\nNext." in book.text


def test_fenced_code_stays_as_it_is() -> None:
    source = "# One\n\n```python\n# not a heading\na *b* c\n\n  d\n```\n\nAfter."
    book = read_book(source.encode(), "a.md")
    assert "# not a heading\na *b* c\n\n  d" in book.text
    assert len(book.chapters) == 1


def test_quotes_and_link_definitions_lose_their_marks() -> None:
    source = "> She said *no*.\n> Twice.\n\n[1]: http://x.y/z\n\nEnd."
    assert read_book(source.encode(), "a.md").text == "She said no.\nTwice.\n\nEnd."
