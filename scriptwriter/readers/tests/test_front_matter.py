"""Title, author and language of a plain text, and where its boilerplate ends and begins."""

from __future__ import annotations

import pytest

from scriptwriter.readers.chapters import find_chapters
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.stopwords import guess_language, language_code

PROSE = (
    "The rain had not stopped since the morning, and the road to the mill was gone. She put the "
    "letter back into the drawer and turned the key twice, as if that were of any use.\n"
)
GUTENBERG = f"""The Project Gutenberg EBook of The Hollow Road, by Jane Miller

This eBook is for the use of anyone anywhere at no cost.

Title: The Hollow Road
       A Tale of Two Mills

Author: Jane Miller

Release Date: August 11, 2004 [EBook #46]

Language: English

*** START OF THIS PROJECT GUTENBERG EBOOK THE HOLLOW ROAD ***




Produced by A. Volunteer and the Online Distributed
Proofreading Team


THE HOLLOW ROAD

by Jane Miller

CHAPTER I

{PROSE}
CHAPTER II

{PROSE}

End of the Project Gutenberg EBook of The Hollow Road, by Jane Miller

*** END OF THIS PROJECT GUTENBERG EBOOK THE HOLLOW ROAD ***

CHAPTER I of the license speaks of Project Gutenberg.
"""
OLD_GUTENBERG = f"""**The Project Gutenberg Etext of The Hollow Road, by Jane Miller**

Please take a look at the important information in this header.

*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*


The Hollow Road

{PROSE}

End of The Project Gutenberg Etext of The Hollow Road, by Jane Miller
"""
STANDARD = f"""The Hollow Road

By Jane Miller.

Imprint

This ebook is the product of many hours of hard work by volunteers for Standard Ebooks.

Chapter I

{PROSE}

Colophon

The Hollow Road was published in 1902. This ebook was produced for Standard Ebooks.
"""


def test_gutenberg_header_says_everything() -> None:
    front = front_matter(GUTENBERG)
    assert (front.title, front.author, front.language) == ("The Hollow Road", "Jane Miller", "en")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_gutenberg_header_credits_and_license_are_no_part_of_the_book(ending: str) -> None:
    text = GUTENBERG.replace("\n", ending)
    front = front_matter(text)
    book = text[front.body_start : front.body_end].strip()
    assert book.startswith("THE HOLLOW ROAD")
    assert book.endswith("any use.")
    assert [c.label for c in find_chapters(text).chapters] == ["CHAPTER I", "CHAPTER II"]


def test_old_small_print_is_left_out() -> None:
    front = front_matter(OLD_GUTENBERG)
    assert (front.title, front.author) == ("The Hollow Road", "Jane Miller")
    book = OLD_GUTENBERG[front.body_start : front.body_end].strip()
    assert book.startswith("The Hollow Road\n\nThe rain")
    assert book.endswith("any use.")


def test_standard_ebooks_text_ends_before_its_colophon() -> None:
    front = front_matter(STANDARD)
    assert (front.title, front.author) == ("The Hollow Road", "Jane Miller")
    assert STANDARD[: front.body_end].rstrip().endswith("any use.")


def test_wrapped_title_is_joined() -> None:
    title = "The Strange Adventures of the Captain, of His Mill\n       and His Dog in the Harbor"
    text = f"Title: {title}\n\nAuthor: Jane Miller\n\nChapter 1\n\n{PROSE}"
    assert front_matter(text).title == " ".join(title.split())


@pytest.mark.parametrize(
    ("page", "title", "author"),
    [
        ("THE HOLLOW ROAD\n\nby Jane Miller\n\n\nCHAPTER I\n\n", "The Hollow Road", "Jane Miller"),
        ("The Hollow Road\nBy\nJane Miller\n\n", "The Hollow Road", "Jane Miller"),
        (
            "THE HOLLOW ROAD\n\nA Novel\n\nBY\n\nJANE B. MILLER\n",
            "The Hollow Road",
            "Jane B. Miller",
        ),
        ("The Hollow Road\n\na novel by Jane Miller\n\n", "The Hollow Road", "Jane Miller"),
        ("THE HOLLOW ROAD\n\n(1902)\n\nBy Jane Miller\n\n", "The Hollow Road", "Jane Miller"),
        ("THE HOLLOW ROAD\n\nby\n\nJane Miller (1902)\n\n", "The Hollow Road", "Jane Miller"),
        ("DIE MÜHLE\n\nvon\n\nJohann von Müller\n\n", "Die Mühle", "Johann von Müller"),
        ("LE MOULIN\n\npar Jeanne Meunier\n\n", "Le Moulin", "Jeanne Meunier"),
        ("Title: The Hollow Road\nAuthor: Jane Miller\n\n", "The Hollow Road", "Jane Miller"),
        (
            "---\ntitle: The Hollow Road\nauthor: Jane Miller\n---\n",
            "The Hollow Road",
            "Jane Miller",
        ),
        ("Titel: Die Mühle\nAutor: Johann Müller\n\n", "Die Mühle", "Johann Müller"),
        ("THE HOLLOW ROAD\n\n\nChapter One\n\n", "The Hollow Road", ""),
        ("Persuasion\n\nContents\n\n", "Persuasion", ""),
    ],
)
def test_title_page_is_read(page: str, title: str, author: str) -> None:
    front = front_matter(page + PROSE)
    assert (front.title, front.author) == (title, author)
    assert (front.body_start, front.body_end) == (0, len(page + PROSE))


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"CHAPTER I\n\n{PROSE}",
        f"THE SISTERS\n\n{PROSE}",
        f"It rained.\n\nby the river\n\n{PROSE}",
        f"He came\n\nby train and left by boat.\n\n{PROSE}",
        "",
        "\ufeff",
    ],
)
def test_text_without_a_title_page_has_no_title(text: str) -> None:
    front = front_matter(text)
    assert (front.title, front.author) == ("", "")
    assert (front.body_start, front.body_end) == (0, len(text))


SAMPLES = {
    "en": PROSE,
    "de": "Der Regen hatte nicht aufgehört, und die Straße war fort. Sie legte den Brief zurück.",
    "fr": "La pluie ne s'était pas arrêtée depuis le matin, et la route du moulin était dans l'eau.",
    "es": "La lluvia no había parado desde la mañana, y el camino del molino estaba bajo el agua.",
    "it": "La pioggia non era cessata dal mattino e la strada che portava al mulino non era più lì.",
    "pt": "A chuva não tinha parado desde a manhã, e o caminho do moinho não estava mais ali com uma.",
    "nl": "De regen was niet gestopt en het pad naar de molen was weg. Zij legde een brief van hem.",
    "ru": "Дождь не прекращался с утра, и дороги к мельнице не было. Она положила письмо на стол.",
    "ja": "山路を登りながら、こう考えた。智に働けば角が立つ。",
}


@pytest.mark.parametrize("code", SAMPLES)
def test_language_is_guessed_by_its_small_words(code: str) -> None:
    assert guess_language(SAMPLES[code]) == code


@pytest.mark.parametrize("text", ["", "12345", "xyzzy plugh", "Anna Anna Anna Anna"])
def test_language_of_nothing_is_not_guessed(text: str) -> None:
    assert guess_language(text) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "en"),
        ("German", "de"),
        ("Deutsch", "de"),
        ("en-GB", "en"),
        ("English, French", "en"),
        ("Klingon", ""),
    ],
)
def test_name_of_a_language_gives_its_code(name: str, code: str) -> None:
    assert language_code(name) == code


def test_stated_language_wins_over_the_guess() -> None:
    assert front_matter(f"Title: X\nLanguage: Dutch\n\n{PROSE}").language == "nl"
