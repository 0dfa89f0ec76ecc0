"""Quoted words, titles and inscriptions are told from speech."""

from __future__ import annotations

import pytest

from scriptwriter.prose.quotes import find_quotes


def judged(text: str) -> list[tuple[str, bool]]:
    return [(quote.text, quote.is_speech) for quote in find_quotes(text)]


@pytest.mark.parametrize(
    "text",
    [
        'He called the plan "a bargain" and left.',
        'She bought the "Daily News" at once.',
        'The sign said "KEEP OUT" in red letters.',
        'It was what they call "paprika hendl," and he liked it.',
        'The so-called "gentleman of fortune" ran away.',
        'He was tall for his "age."',
    ],
)
def test_quoted_words_in_narration_are_not_speech(text: str):
    assert [flag for _, flag in judged(text)] == [False]


def test_a_list_of_quoted_words_is_not_speech():
    assert judged('He put the names "Tom," "Dick," and "Harry" on the list.') == [
        ("Tom,", False),
        ("Dick,", False),
        ("Harry", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '"Yes," said Ann.',
        '"Come here!"',
        'Ann looked up and said: "Yes."',
        'Then he cried "Help!" and ran.',
        '"I never will," she said.',
        'He turned. "Who goes there?"',
        "“Oh dear” was all that Ann said, “how late it is!”",
        'She only whispered, "Bob".',
    ],
)
def test_what_somebody_says_is_speech(text: str):
    assert any(flag for _, flag in judged(text))


def test_a_long_quotation_without_a_stop_is_speech():
    text = 'Ann said that "nobody in this whole wide world would ever think of such a thing"'
    assert judged(text)[0][1]


def test_quotes_that_are_not_speech_do_not_join_a_turn():
    quotes = find_quotes('"Well," said Ann, opening the "Times" slowly, "I am here."')
    assert [quote.is_speech for quote in quotes] == [True, False, True]
    assert len({quote.turn for quote in quotes}) >= 2
