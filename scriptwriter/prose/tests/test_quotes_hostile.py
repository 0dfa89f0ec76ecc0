"""Hostile text costs time in proportion to its length, and spans stay in order."""

from __future__ import annotations

import pytest

from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.speakers import attribute

PIECES = {
    "open straight marks": '"a ',
    "open curly marks": "“a ",
    "open single marks": "'a ",
    "closing single marks": "a' ",
    "straight marks alone": '"',
    "apostrophes alone": "'",
    "open guillemets": "«a ",
    "pairs": '"a" ',
    "mixed nesting": "‘a “b ",
    "tags": '"A," said Bob. ',
    "tagged paragraphs": '"A," said Bob.\n\n',
    "unclosed paragraphs": "“a\n\n",
    "dash paragraphs": "— Hello, he said, again.\n\n",
    "emphasis": "_*",
    "blank lines": "\n \n",
    "names": "Mr. Aa said ",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_repetition_does_not_hang(piece: str, no_hang):
    text = piece * 10_000
    quotes = find_quotes(text)
    assert len(attribute(text, quotes, (), {})) == len(quotes)


def test_a_line_without_spaces_is_read():
    assert find_quotes("a" * 300_000) == ()


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_spans_are_in_order_and_give_back_the_text(piece: str):
    text = (piece + "“x” 'y' \"z ‘ ” — ") * 40
    quotes = find_quotes(text)
    for quote in quotes:
        assert quote.text == text[quote.start : quote.end]
        assert quote.outer_start <= quote.start < quote.end <= quote.outer_end
    ends = [quote.outer_end for quote in quotes]
    assert all(end <= quote.outer_start for end, quote in zip(ends, quotes[1:], strict=False))
