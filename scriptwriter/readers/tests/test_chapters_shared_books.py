"""The chapters of whole novels, against lists made by hand."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scriptwriter.readers.chapters import find_chapters, holds_text
from scriptwriter.readers.front import front_matter

PROJECT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data"
TRUTH = sorted((SHARED / "books" / "truth").glob("*.txt.json"))
HEADED = [path for path in TRUTH if json.loads(path.read_text(encoding="utf-8"))["units"]]
SECOND = 1.0

needs_books = pytest.mark.skipif(not TRUTH, reason="the shared test data is not beside the project")


def read(path: Path) -> tuple[dict[str, Any], str]:
    truth = json.loads(path.read_text(encoding="utf-8"))
    return truth, (SHARED / truth["file"]).read_bytes().decode(truth["encoding"])


@needs_books
@pytest.mark.parametrize("path", HEADED, ids=lambda path: path.name)
def test_headed_book_is_divided_exactly(path: Path) -> None:
    truth, text = read(path)
    found = find_chapters(text).chapters
    assert [(c.start, c.level) for c in found] == [
        (unit["char_offset"], unit["level"]) for unit in truth["units"]
    ]
    for chapter, unit in zip(found, truth["units"], strict=True):
        first_line = text[chapter.start :].splitlines()[0].strip()
        assert first_line == unit["heading"]
        assert unit["heading"].startswith(chapter.label)
        assert chapter.title in " ".join(
            text[chapter.start : chapter.body].replace("_", "").split()
        )
        if unit.get("next_line"):
            assert chapter.title == unit["next_line"]


@needs_books
@pytest.mark.parametrize("path", HEADED, ids=lambda path: path.name)
def test_spans_follow_one_another_and_leave_the_license_out(path: Path) -> None:
    _, text = read(path)
    found = find_chapters(text).chapters
    assert all(a.end == b.start for a, b in pairwise(found))
    assert "GUTENBERG" not in text[found[0].start : found[-1].end].upper()
    chapters = [c for c in found if c.level == max(other.level for other in found)]
    assert all(holds_text(text, chapter) for chapter in chapters)


@needs_books
def test_book_without_headings_is_cut_into_parts_of_readable_length() -> None:
    _, text = read(next(path for path in TRUTH if path not in HEADED))
    finding = find_chapters(text)
    assert finding.warnings == ("no chapter headings were found; the text was cut into 4 parts",)
    lengths = [len(text[c.start : c.end].split()) for c in finding.chapters]
    assert all(3_000 <= length <= 5_000 for length in lengths)
    assert "".join(text[c.start : c.end] for c in finding.chapters) == text


@needs_books
@pytest.mark.parametrize("path", TRUTH, ids=lambda path: path.name)
def test_book_says_who_wrote_it_and_in_what_language(path: Path) -> None:
    truth, text = read(path)
    front = front_matter(text)
    assert front.language == truth["language"]
    if "Title:" in text[:3000]:
        assert (front.title, front.author) == (truth["title"], truth["author"])
    else:
        assert (front.title, front.author) == ("", "")
        assert (front.body_start, front.body_end) == (0, len(text))


LITBANK = SHARED / "litbank" / "litbank_shared.jsonl"


@pytest.mark.skipif(not LITBANK.exists(), reason="the shared test data is not beside the project")
def test_excerpts_have_no_chapters_but_those_they_begin_with() -> None:
    for line in LITBANK.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        finding = find_chapters(text)
        if finding.warnings and finding.warnings[0].startswith("no chapter headings"):
            continue
        named = [c.label.split()[0].casefold() for c in finding.chapters]
        assert set(named) <= {"chapter", "part", "book", "volume", "adventure"}
