"""What a person is told about the chapters that were found."""

from __future__ import annotations

from scriptwriter.readers.chapters import find_chapters

SENTENCE = "The rain had not stopped since the morning, and the road to the mill was gone.\n\n"


def book(*labels: str, before: str = "", after: str = "") -> str:
    return before + "".join(f"{label}\n\n{SENTENCE * 9}" for label in labels) + after


def test_clean_book_has_no_warnings() -> None:
    assert find_chapters(book("Chapter 1", "Chapter 2")).warnings == ()


def test_preface_is_outside_and_counted() -> None:
    text = book("Chapter 1", "Chapter 2", before=f"PREFACE\n\n{SENTENCE * 10}")
    finding = find_chapters(text)
    assert finding.warnings == ("161 words before the first chapter belong to no chapter",)
    assert text[finding.chapters[0].start :].startswith("Chapter 1")


def test_title_page_is_not_worth_a_warning() -> None:
    text = book("Chapter 1", "Chapter 2", before="THE HOLLOW ROAD\n\nby Jane Miller\n\n")
    assert find_chapters(text).warnings == ()


def test_contents_page_is_named_and_not_counted_as_preface() -> None:
    listed = "CONTENTS\n\n" + "".join(f"Chapter {n}: The Mill\n" for n in range(1, 31)) + "\n"
    text = book(*(f"Chapter {n}: The Mill" for n in range(1, 31)), before=listed)
    finding = find_chapters(text)
    assert len(finding.chapters) == 30
    assert finding.warnings == ("a contents list of 30 lines was left out",)


def test_appendix_ends_the_last_chapter() -> None:
    text = book("Chapter 1", "Chapter 2", after=f"APPENDIX\n\n{SENTENCE}")
    finding = find_chapters(text)
    assert finding.warnings == (
        '17 words after the last chapter, from "APPENDIX" on, belong to no chapter',
    )
    assert text[finding.chapters[-1].end :].startswith("APPENDIX")


def test_missing_numbers_are_named() -> None:
    finding = find_chapters(book("Chapter 1", "Chapter 2", "Chapter 5", "Chapter 6", "Chapter 8"))
    assert finding.warnings == (
        'chapter numbers jump: "Chapter 2" is followed by "Chapter 5"; '
        '"Chapter 6" is followed by "Chapter 8"',
    )


def test_numbers_that_start_again_in_a_part_are_no_jump() -> None:
    text = book("PART I\n\nChapter 1", "Chapter 2", "PART II\n\nChapter 1", "Chapter 2")
    finding = find_chapters(text)
    assert finding.warnings == ()
    assert [chapter.level for chapter in finding.chapters] == [1, 2, 2, 1, 2, 2]


def test_text_without_headings_says_how_it_was_cut() -> None:
    assert find_chapters(SENTENCE * 20).warnings == (
        "no chapter headings were found; the text is one chapter",
    )
    assert find_chapters(SENTENCE * 1000).warnings == (
        "no chapter headings were found; the text was cut into 4 parts",
    )


def test_parts_of_a_text_without_headings_begin_after_blank_lines() -> None:
    text = SENTENCE * 1000
    found = find_chapters(text).chapters
    assert [c.title for c in found] == ["Part 1", "Part 2", "Part 3", "Part 4"]
    assert all(text[c.start - 2 : c.start] == "\n\n" for c in found[1:])
    assert all(3_000 <= len(text[c.start : c.end].split()) <= 5_000 for c in found)
