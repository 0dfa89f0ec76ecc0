"""Words in a form that can be compared: no accents, no case."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return the text without case and without accents, composed or not: "Prológo" is "prologo"."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.casefold()


def letters_of(text: str) -> str:
    """Return only the letters and digits of the folded text, to compare a title with its twin."""
    return "".join(c for c in fold(text) if c.isalnum())


def folded_words(text: str, separator: str | None = None) -> frozenset[str]:
    """Return the folded items of a list written as one string."""
    return frozenset(fold(item) for item in text.split(separator))
