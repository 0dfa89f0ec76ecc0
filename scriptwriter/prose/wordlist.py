"""Word lists, written as running text."""

from __future__ import annotations


def wordlist(text: str) -> tuple[str, ...]:
    """The words of a text that is only a list."""
    return tuple(text.split())
