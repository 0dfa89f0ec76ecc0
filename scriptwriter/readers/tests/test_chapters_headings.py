"""One line read as a heading: its label, number and title."""

from __future__ import annotations

import pytest

from scriptwriter.readers.chapters import find_chapters
from scriptwriter.readers.divisions.candidates import read_candidate
from scriptwriter.readers.divisions.numerals import han_value, roman_value
from scriptwriter.readers.divisions.spelled import CARDINALS, ORDINALS

HEADINGS = [
    ("CHAPTER I. Down the Rabbit-Hole", "chapter", 1, "CHAPTER I", "Down the Rabbit-Hole"),
    ("Chapter 12 - The End of It All", "chapter", 12, "Chapter 12", "The End of It All"),
    ("STAVE II:  THE FIRST GHOST", "stave", 2, "STAVE II", "THE FIRST GHOST"),
    ("Chapter the First", "chapter", 1, "Chapter the First", ""),
    ("CHAPTER ONE HUNDRED AND FIVE", "chapter", 105, "CHAPTER ONE HUNDRED AND FIVE", ""),
    ("PART ONE--The Old Buccaneer", "part", 1, "PART ONE", "The Old Buccaneer"),
    ("Book the First--Recalled to Life", "book", 1, "Book the First", "Recalled to Life"),
    ("FIRST ACT", "act", 1, "FIRST ACT", ""),
    ("Act II, Scene III. A room", "scene", 3, "Act II, Scene III", "A room"),
    ("Volume I Chapter 3", "chapter", 3, "Volume I Chapter 3", ""),
    ("Letter No. 7", "letter", 7, "Letter No. 7", ""),
    ("Ch. 4", "chapter", 4, "Ch. 4", ""),
    ("Chapter12", "chapter", 12, "Chapter12", ""),
    ("Erstes Kapitel. Der Brief", "chapter", 1, "Erstes Kapitel", "Der Brief"),
    ("2. Teil: Der Wald", "part", 2, "2. Teil", "Der Wald"),
    ("Kapitel einundzwanzig", "chapter", 21, "Kapitel einundzwanzig", ""),
    ("CHAPITRE PREMIER LES TROIS", "chapter", 1, "CHAPITRE PREMIER", "LES TROIS"),
    ("Chapitre Ier. — Le moulin", "chapter", 1, "Chapitre Ier", "Le moulin"),
    ("Deuxième partie", "part", 2, "Deuxième partie", ""),
    ("Capítulo XX. Donde se cuenta", "chapter", 20, "Capítulo XX", "Donde se cuenta"),
    ("Capi\u0301tulo primero", "chapter", 1, "Capítulo primero", ""),
    ("Capitolo terzo", "chapter", 3, "Capitolo terzo", ""),
    ("Глава первая", "chapter", 1, "Глава первая", ""),
    ("第十二章　旅立ち", "chapter", 12, "第十二章", "旅立ち"),
    ("الفصل الثاني", "chapter", 2, "الفصل الثاني", ""),
    ("Epilogue: Home", "epilogue", 0, "Epilogue", "Home"),
    ("I.", "", 1, "I", ""),
    ("~ 14 ~", "", 14, "14", ""),
    ("VII. THE BLUE CARBUNCLE", "", 7, "VII", "THE BLUE CARBUNCLE"),
    ("Twenty-One", "", 21, "Twenty-One", ""),
    ("THE SISTERS", "", 0, "", "THE SISTERS"),
    ("C H A P T E R   I V", "chapter", 4, "CHAPTER IV", ""),
    ("## Chapter 3", "chapter", 3, "Chapter 3", ""),
    ("CHAPTER I ........ 5", "chapter", 1, "CHAPTER I", ""),
]


@pytest.mark.parametrize(("line", "word", "number", "label", "title"), HEADINGS)
def test_heading_is_read(line: str, word: str, number: int, label: str, title: str) -> None:
    found = read_candidate(0, line)
    assert found is not None
    assert (found.word, found.number, found.label, found.title) == (word, number, label, title)


@pytest.mark.parametrize(
    "line",
    [
        "Chapter 5 was hard.",
        "Chapter five was the hardest to write, she said.",
        "Part of the problem",
        "Part Two came later.",
        "“Chapter 3,” she said",
        "Book 2,500 copies",
        "Part I've never seen",
        "Act 5 days later",
        "First day of school",
        "One day he went out",
        "I went home",
        "1984 was a cold year",
        "12:30",
        "* * *",
        "# # #",
        "#",
        "---",
        "The Door",
        "and then",
        "…",
    ],
)
def test_prose_and_rules_are_no_headings(line: str) -> None:
    assert read_candidate(0, line) is None


@pytest.mark.parametrize(
    ("roman", "value"),
    [("iv", 4), ("xlii", 42), ("mcmxc", 1990), ("viiii", 9), ("iiv", 0), ("", 0)],
)
def test_roman_numbers(roman: str, value: int) -> None:
    assert roman_value(roman) == value


@pytest.mark.parametrize(
    ("digits", "value"), [("三", 3), ("十二", 12), ("一百零五", 105), ("7", 7)]
)
def test_chinese_numbers(digits: str, value: int) -> None:
    assert han_value(digits) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("ninety nine", 99),
        ("zweiundvierzig", 42),
        ("quatre vingt dix neuf", 99),
        ("vingt et un", 21),
        ("veintidos", 22),
        ("treinta y dos", 32),
        ("ventotto", 28),
        ("dezesseis", 16),
        ("veertien", 14),
    ],
)
def test_numbers_in_words(words: str, value: int) -> None:
    assert CARDINALS[words] == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twenty first", 21),
        ("dreizehntes", 13),
        ("neuvieme", 9),
        ("cinquieme", 5),
        ("decima tercera", 13),
        ("undicesimo", 11),
        ("derde", 3),
        ("третья", 3),
    ],
)
def test_ordinals_in_words(words: str, value: int) -> None:
    assert ORDINALS[words] == value


def test_title_below_the_label_belongs_to_the_heading() -> None:
    text = "CHAPTER ONE\n\nTHE EVE OF THE WAR\n\n\nNo one would have believed it.\n" * 1
    (chapter,) = find_chapters(text).chapters
    assert (chapter.label, chapter.title) == ("CHAPTER ONE", "THE EVE OF THE WAR")
    assert text[chapter.body :].startswith("No one")


def test_date_of_a_letter_is_no_title() -> None:
    text = "Letter 1\n\n\nSt. Petersburgh, Dec. 11th, 17--\n\nYou will rejoice to hear it.\n"
    (chapter,) = find_chapters(text).chapters
    assert chapter.title == "Letter 1"
    assert text[chapter.body :].startswith("St. Petersburgh")


def test_name_of_a_speaker_is_no_title() -> None:
    speech = "ANNA.\n\nWhere is he?\n\nTHE CAPTAIN.\n\nHere I am, and here I stay.\n\n"
    text = f"ACT I\n\n{speech * 4}ACT II\n\n{speech * 4}"
    assert [chapter.title for chapter in find_chapters(text).chapters] == ["ACT I", "ACT II"]


def test_long_title_goes_on_below() -> None:
    text = (
        "PART III.  A VOYAGE TO LAPUTA, BALNIBARBI, LUGGNAGG, GLUBBDUBDRIB, AND\nJAPAN.\n\n"
        "The author sets out on his third voyage, and is taken by pirates at sea.\n"
    )
    (chapter,) = find_chapters(text).chapters
    assert chapter.title == "A VOYAGE TO LAPUTA, BALNIBARBI, LUGGNAGG, GLUBBDUBDRIB, AND JAPAN"
    assert text[chapter.body :].startswith("The author")
