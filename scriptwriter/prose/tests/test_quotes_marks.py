"""Quotations are found in every style of marks and give back the exact text."""

from __future__ import annotations

import pytest

from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.types import Quote


def spoken(text: str) -> list[str]:
    quotes = find_quotes(text)
    for quote in quotes:
        assert quote.text == text[quote.start : quote.end]
        assert quote.outer_start <= quote.start < quote.end <= quote.outer_end
    return [quote.text for quote in quotes if quote.is_speech]


def turns(quotes: tuple[Quote, ...]) -> list[int]:
    return [quote.turn for quote in quotes]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('"', '"'),
        ("“", "”"),
        ("‘", "’"),
        ("'", "'"),
        ("«", "»"),
        ("« ", " »"),
        ("„", "“"),
        ("„", "”"),
        ("»", "«"),
        ("”", "”"),
    ],
)
def test_each_style_of_marks_is_found(left: str, right: str):
    text = f"{left}Wait for me,{right} said Ann. {left}I am late.{right}\n\n{left}Hurry up!{right} cried Bob.\n"
    assert spoken(text) == ["Wait for me,", "I am late.", "Hurry up!"]


def test_outer_span_has_the_marks_and_inner_span_has_not():
    text = "He said, “No.” And left."
    (quote,) = find_quotes(text)
    assert text[quote.outer_start : quote.outer_end] == "“No.”"
    assert quote.text == "No."


def test_codes_count_in_order():
    quotes = find_quotes('"A!" cried Ann.\n\n"B!" cried Bob.\n')
    assert [quote.code for quote in quotes] == ["q1", "q2"]
    assert [quote.paragraph for quote in quotes] == [0, 1]


@pytest.mark.parametrize(
    "speech",
    [
        "The boys' house is down there, an' nobody's goin' in.",
        "Where's my 'orse?",
        "I don't know, 'tis late.",
        'He told me, "Stay at home," and I did.',
        "Tell 'em I'm coming, old fellow.",
    ],
)
def test_apostrophes_and_nested_marks_stay_inside_single_marks(speech: str):
    text = f"'{speech}' said Tom.\n\n'Quite so,' said Mary.\n\n'Good,' he said. 'Then go.'\n"
    assert spoken(text)[0] == speech


def test_curly_apostrophes_do_not_close():
    text = "‘I don’t know the boys’ names,’ said Tom. ‘Don’t you?’\n\n‘No,’ she said.\n"
    assert spoken(text) == ["I don’t know the boys’ names,", "Don’t you?", "No,"]


def test_a_lost_comma_before_the_tag_still_closes_single_marks():
    text = "‘I can’t explain, sir’ said Alice, ‘because I’m not myself.’\n\n‘I see,’ said he.\n"
    assert spoken(text)[:2] == ["I can’t explain, sir", "because I’m not myself."]


def test_elided_words_open_nothing():
    assert spoken(
        "'Twas late, and the 'bus had gone.\n\n'Come,' said Tom.\n\n'No,' said he.\n"
    ) == ["Come,", "No,"]


def test_nested_quotations_belong_to_the_outer_one():
    text = "“She said, ‘Never,’ and left,” said Ann.\n\n“I read the “Times” daily,” said Bob.\n"
    assert spoken(text) == ["She said, ‘Never,’ and left,", "I read the “Times” daily,"]


def test_single_marks_around_speech_count_in_a_book_of_double_marks():
    text = "\"One,\" said Ann.\n\n\"Two,\" said Bob.\n\n'Three,' said Cid.\n\nThe 'old' way was long.\n"
    assert spoken(text) == ["One,", "Two,", "Three,"]


def test_a_speech_over_paragraphs_is_one_turn():
    text = '"First of all.\n\n"And then this.\n\n"The end," said Ann.\n\n"Oh," said Bob.\n'
    quotes = find_quotes(text)
    assert [quote.text for quote in quotes] == [
        "First of all.",
        "And then this.",
        "The end,",
        "Oh,",
    ]
    assert turns(quotes)[0] == turns(quotes)[1] != turns(quotes)[3]


def test_a_quoted_poem_keeps_the_speech_open():
    text = "“It goes like this:\n\nTwinkle, twinkle,\nlittle bat.\n\nYou know it?” he asked.\n\n“No,” she said.\n"
    assert spoken(text)[0] == "It goes like this:"
    assert "You know it?" in spoken(text)


def test_an_unclosed_speech_ends_with_its_paragraph():
    text = '"Where are you going?\n\nHe went out.\n\n"Home," said Bob.\n'
    assert spoken(text) == ["Where are you going?", "Home,"]


def test_an_unclosed_speech_gives_up_at_the_next_opening_mark():
    assert spoken("“Never, he said. “Not for the world.”\n") == [
        "Never, he said.",
        "Not for the world.",
    ]


def test_a_lost_closing_mark_before_a_last_tag_is_restored():
    assert spoken('"Where are you going, said Ann.\n\nHe went out.\n') == ["Where are you going,"]


def test_a_lost_opening_mark_is_restored_at_the_start_of_a_paragraph():
    assert spoken('Stop it!" cried Ann.\n\n"No," said Bob.\n') == ["Stop it!", "No,"]


def test_a_misplaced_space_does_not_turn_the_parity_round():
    text = '"Hello, "he said, "and welcome. "\n\n"Thanks," said Ann.\n'
    assert spoken(text) == ["Hello,", "and welcome.", "Thanks,"]


def test_inches_are_not_marks():
    assert spoken('It was 6" long.\n\n"Quite long," said Ann.\n') == ["Quite long,"]


def test_japanese_brackets_need_no_stop():
    assert spoken("「どこへ行く」と太郎は言った。\n\n「家へ」と花子。\n") == ["どこへ行く", "家へ"]


def test_a_speech_broken_by_its_tag_is_one_turn_and_two_speakers_are_two():
    text = '"I came," said Ann, "at once."\n\n"So?" asked Bob. "Why?" cried Ann.\n'
    first, second, third, fourth = turns(find_quotes(text))
    assert first == second
    assert len({first, third, fourth}) == 3


def test_tokens_set_apart_by_spaces_are_read():
    text = (
        '" I do n\'t know , " said Ann .\n" You never do .\nNever ! "\nHe took the dogs \' lead .\n'
    )
    assert spoken(text) == ["I do n't know ,", "You never do .\nNever !"]


def test_a_text_without_marks_has_no_quotes():
    assert find_quotes("Nobody spoke.\n\nNobody ever did.\n") == ()
    assert find_quotes("") == ()
