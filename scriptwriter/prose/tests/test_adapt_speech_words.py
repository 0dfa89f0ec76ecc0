"""What happens to the words of a speech on their way into the script."""

from __future__ import annotations

import pytest

from scriptwriter.prose.spoken import goes_on, joined, spoken, words_of


@pytest.mark.parametrize(
    "text",
    ["Have some wine,", "Stop!", "Who?", "I never—", "and so…", "This way:", "He said “no”"],
)
def test_a_speech_is_kept_to_the_letter(text: str) -> None:
    assert spoken(text) == text
    assert words_of(text) == text


def test_parts_that_only_a_tag_had_parted_are_one_speech() -> None:
    assert joined("Well,", "only it’s asleep.") == "Well, only it’s asleep."


def test_prose_is_set_on_one_line_and_verse_keeps_its_lines() -> None:
    verse = "Twinkle, twinkle, little bat!\n   How I wonder what you’re at,"
    assert spoken("so very\n  long,") == "so very long,"
    assert spoken(verse) == "Twinkle, twinkle, little bat!\nHow I wonder what you’re at,"


def test_only_an_open_sentence_is_interrupted() -> None:
    assert goes_on("If you please,", "come in", between=", said he, rising, ")
    assert not goes_on("If you please.", "come in", between=" said he, ")
    assert not goes_on("If you please,", "Come in.", between=" said he. He rose. ")
