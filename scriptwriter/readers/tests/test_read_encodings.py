"""Any encoding to a clean string, with every guess and loss told."""

from __future__ import annotations

import pytest

from scriptwriter.readers.encodings import decode
from scriptwriter.readers.read import read_book
from storyforge.core.errors import UnreadableFile

TEXT = "Chapter I\n\n“Où est la fenêtre?” – she asked; the naïve café owner said “déjà vu”.\n" * 20
GERMAN = (
    "Als Gregor aus unruhigen Träumen erwachte, fand er sich in müder Größe über »früh«.\n" * 20
)
RUSSIAN = "В начале июля, в чрезвычайно жаркое время, под вечер, один молодой человек вышел.\n" * 5


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_unicode_in_every_form_gives_the_same_text(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)).text == TEXT


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert decode("CHAPTER I".encode(encoding)).text == "CHAPTER I"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(TEXT, "cp1252"), (GERMAN, "latin-1"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp1251")],
)
def test_old_encodings_are_guessed_and_the_guess_is_told(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert any("does not say its encoding" in warning for warning in decoded.warnings)


def test_windows_quotes_do_not_become_control_characters() -> None:
    decoded = decode(b"\x93Well,\x94 he said \x96 and that was all. " * 30)
    assert decoded.text.startswith("“Well,” he said – and")


def test_a_guess_far_into_an_english_file_sees_the_only_accents() -> None:
    data = b"plain words and no accent at all\n" * 10_000 + "une fenêtre déjà\n".encode("cp1252")
    assert decode(data).text.endswith("une fenêtre déjà\n")


def test_a_few_faults_in_utf8_stay_faults_and_are_counted() -> None:
    data = TEXT.encode() + b"\nbad: \xff\xfe\n" + TEXT.encode()
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith(TEXT)
    assert any("2 characters cannot be read (first in line 62)" in w for w in decoded.warnings)


def test_faults_without_evidence_of_any_encoding_are_shown_not_turned_into_letters() -> None:
    data = b"CHAPTER I\n\nGood line.\n\xff\xfe\xfd bad \xc3( over \xc0\xaf half \xed\xa0\x80 end \xe2\x82"
    decoded = decode(data)
    assert "\ufffd" in decoded.text
    assert "ÿ" not in decoded.text


def test_control_characters_go_and_are_counted() -> None:
    decoded = decode(b"one\x00two\x07 three\x1b[0m\tfour\r\nfive\x0c")
    assert decoded.text == "onetwo three[0m\tfour\r\nfive\x0c"
    assert decoded.warnings == ("3 control characters removed.",)


def test_lone_surrogates_never_reach_the_text() -> None:
    data = b"\xff\xfe" + "a".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le")
    decode(data).text.encode("utf-8")


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 80, bytes((7 * n * n + 3 * n) % 256 for n in range(20_000))],
)
def test_binary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="not a text"):
        decode(data)


def test_text_encoded_twice_is_kept_and_told() -> None:
    twice = "“Well,” she said. ".encode().decode("cp1252", "ignore") * 5
    assert any("encoded twice" in warning for warning in decode(twice.encode()).warnings)


def test_offsets_of_a_text_file_hold_whatever_its_line_ends() -> None:
    body = "\n\n".join(f"CHAPTER {n}\n\n" + "Some prose of a chapter. " * 60 for n in (1, 2, 3))
    for ends in ("\n", "\r\n", "\r"):
        book = read_book(body.replace("\n", ends).encode(), "a.txt")
        headings = [book.text[c.start : c.start + 9] for c in book.chapters]
        assert headings == ["CHAPTER 1", "CHAPTER 2", "CHAPTER 3"]
        assert all(book.text[c.body :].startswith("Some prose") for c in book.chapters)
