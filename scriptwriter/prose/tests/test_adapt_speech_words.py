"""What happens to the words of a speech on their way into the script."""

from __future__ import annotations

import pytest

from scriptwriter.prose.spoken import goes_on, joined, spoken, words_of


def test_a_comma_that_led_to_the_tag_becomes_a_full_stop() -> None:
    assert spoken("Have some wine,") == "Have some wine."


@pytest.mark.parametrize(
    "text", ["Stop!", "Who?", "I never—", "and so…", "This way:", "He said “no”"]
)
def test_any_other_end_of_a_speech_stays(text: str) -> None:
    assert spoken(text) == text


def test_a_new_sentence_behind_the_tag_closes_the_one_before() -> None:
    said = joined("It’s a boat,", "Somebody’s put it there.", between=" said Button. ")
    assert said == "It’s a boat. Somebody’s put it there."


@pytest.mark.parametrize("second", ["only it’s asleep.", "Odile is here.", "I think."])
def test_a_sentence_that_goes_on_keeps_its_comma(second: str) -> None:
    assert joined("Well,", second, between=" said he, ") == f"Well, {second}"


def test_prose_is_set_on_one_line_and_verse_keeps_its_lines() -> None:
    verse = "Twinkle, twinkle, little bat!\n   How I wonder what you’re at,"
    assert spoken("so very\n  long,") == "so very long."
    assert spoken(verse) == "Twinkle, twinkle, little bat!\nHow I wonder what you’re at."


def test_the_words_to_keep_are_all_but_a_final_comma() -> None:
    assert words_of("Have, \n some wine,") == "Have, some wine"


def test_only_an_open_sentence_is_interrupted() -> None:
    assert goes_on("If you please,", "come in", between=", said he, rising, ")
    assert not goes_on("If you please.", "come in", between=" said he, ")
    assert not goes_on("If you please,", "Come in.", between=" said he. He rose. ")
