"""The stored form of a chapter's text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scriptwriter.readers.normal import normalize


@pytest.mark.parametrize(
    ("source", "stored"),
    [
        ("a\r\nb\rc\x0cd\x85e\u2028f\u2029g\x0bh", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("Mrs.\u00a0Bennet\u202fsaid\u2003so", "Mrs. Bennet said so"),
        ("zero\u200bwidth\ufeff\u2060 so\u00adft", "zerowidth soft"),
        ("evil\u202etxt.exe\u202c", "eviltxt.exe\u202c"),
        ("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀"),
        ("line  \t\nnext \n\n\nlast  ", "line\nnext\n\n\nlast"),
        ("Schwester fu\u0308r", "Schwester für"),
        ("a\x00b\x07c\x7f\x9fd\ttab", "abcd\ttab"),
    ],
)
def test_each_rule(source: str, stored: str) -> None:
    assert normalize(source) == stored


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize("flood", ["a" + "\u0301\u0323" * 200_000, " " * 400_000 + "x"])
def test_floods_do_not_hang(flood: str, no_hang) -> None:
    assert normalize(flood) == normalize(normalize(flood))
