"""Whatever the text, spans are ordered, disjoint and inside it, and found in linear time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scriptwriter.readers.chapters import ChapterFinding, find_chapters, holds_text
from scriptwriter.readers.front import front_matter

LINES = st.sampled_from(
    (
        "CHAPTER I", "Chapter 2", "CHAPTER III. THE SEA", "PART ONE", "BOOK II", "Prologue", "Epilogue",
        "1", "2", "II", "I. The Mill", "THE MILL", "The Mill", "# Mill", "Contents", "Act I, Scene 2",
        "Chapter 1 ..... 5", "* * *", "Notes", "by", "Jane Miller", "第一章", "CHAPTER", "ONE",
        "It rained, and the road to the mill was gone before the morning came.", "“Wait!”", "", "",
        "*** START OF THE PROJECT GUTENBERG EBOOK X ***", "*** END OF THE PROJECT GUTENBERG EBOOK X ***",
    )
)  # fmt: skip
BREAKS = st.sampled_from(("\n", "\n\n", "\r\n", "\r", "\n\n\n", "\u2028", "\x0c", " \t\n"))
BOOKS = st.lists(st.tuples(LINES, BREAKS), max_size=60).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)
# Many times what it takes on a slow machine; quadratic time would be minutes.


def check(text: str, finding: ChapterFinding) -> None:
    for chapter in finding.chapters:
        assert 0 <= chapter.start <= chapter.body <= chapter.end <= len(text)
        assert chapter.start < chapter.end
        assert chapter.level >= 1
        assert chapter.title
    assert all(before.end <= after.start for before, after in pairwise(finding.chapters))
    assert all(warning and isinstance(warning, str) for warning in finding.warnings)


@given(st.text(max_size=400))
@example("")
@example("\ufeff")
@example("\x00\x01")
@example("CHAPTER I\n\nCHAPTER II\n\nCHAPTER III\n")
def test_spans_lie_in_any_text(text: str) -> None:
    check(text, find_chapters(text))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(BOOKS)
def test_spans_lie_in_any_book(text: str) -> None:
    finding = find_chapters(text)
    check(text, finding)
    if text.strip():
        assert finding.chapters or finding.warnings


@settings(deadline=None)
@given(BOOKS | st.text(max_size=400))
def test_front_matter_of_any_text_lies_in_it(text: str) -> None:
    front = front_matter(text)
    assert 0 <= front.body_start <= front.body_end <= len(text)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\r\n\r\n"])
def test_empty_text_has_no_chapters(text: str) -> None:
    assert find_chapters(text) == ChapterFinding(chapters=(), warnings=("the text is empty",))


def test_headings_without_prose_are_empty_chapters() -> None:
    text = "CHAPTER I\n\nCHAPTER II\n\nCHAPTER III\n"
    found = find_chapters(text).chapters
    assert [chapter.label for chapter in found] == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]
    assert not any(holds_text(text, chapter) for chapter in found)


def test_two_thousand_short_chapters_are_all_found() -> None:
    text = "".join(f"CHAPTER {n}\n\nOne line {n}.\n\n" for n in range(1, 2001))
    assert len(find_chapters(text).chapters) == 2000


def test_text_on_one_line_is_cut_at_spaces() -> None:
    text = "word " * 9_000
    found = find_chapters(text).chapters
    assert [len(text[c.start : c.end].split()) for c in found] == pytest.approx([4500, 4500], abs=9)


def test_letters_without_a_space_stay_together() -> None:
    assert len(find_chapters("x" * 300_000).chapters) == 1


def test_script_without_spaces_is_cut_at_line_ends() -> None:
    text = ("山路を登りながら、こう考えた。" * 40 + "\n") * 200
    found = find_chapters(text).chapters
    assert len(found) > 3
    assert all(text[c.start - 1] == "\n" for c in found[1:])


def test_first_heading_may_follow_a_byte_order_mark() -> None:
    (chapter, *_) = find_chapters(
        "\ufeffCHAPTER I\n\nIt rained.\n\nCHAPTER II\n\nIt cleared."
    ).chapters
    assert chapter.label == "CHAPTER I"


MILLIONS = 2_000_000
SLOW_TEXTS = {
    "line ends": "\n" * MILLIONS + "a",
    "form feeds": "\x0c" * MILLIONS + "a",
    "spaces": " " * MILLIONS + "a",
    "one word": "x" * MILLIONS,
    "words": "x " * (MILLIONS // 2),
    "letters on lines": "a\n" * (MILLIONS // 2),
    "capitals on lines": "A\n\n" * (MILLIONS // 3),
    "numbers on lines": "1\n\n" * (MILLIONS // 3),
    "equal headings": "CHAPTER I\n\n" * (MILLIONS // 11),
    "counted headings": "".join(f"CHAPTER {n}\n\nHe came.\n\n" for n in range(MILLIONS // 25)),
    "capital titles": "THE HOUSE\n\n\n" * (MILLIONS // 12),
    "list": "1. Take the bread and eat it all.\n" * (MILLIONS // 34),
    "marks": "# a b c d e f g h i k l m\n" * (MILLIONS // 26),
    "leaders": (". " * 70 + "\n\n") * (MILLIONS // 142),
    "dots": "." * MILLIONS,
    "accents": "e" + "\u0301" * MILLIONS,
    "contents": "Contents\n" + "The house of a man\n\n" * (MILLIONS // 20),
    "header": "*** START OF THIS PROJECT GUTENBERG EBOOK " + "*" * MILLIONS,
    "fields": "Title: x\n  " * (MILLIONS // 11),
    "pronouns": "I went home and then I came back\n" * (MILLIONS // 33),
}


@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_no_text_hangs(name: str, no_hang) -> None:
    text = SLOW_TEXTS[name]
    check(text, find_chapters(text))
    front_matter(text)
