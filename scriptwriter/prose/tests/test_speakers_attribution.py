"""Speakers are found by tags, pronouns, actions, order and forms of address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scriptwriter.prose.quotes import find_quotes
from scriptwriter.prose.speakers import attribute
from scriptwriter.prose.types import Attribution, Gender, Mention, Method, Person

PEOPLE: dict[str, Gender] = {
    "Ann": "female",
    "Bob": "male",
    "Mrs. Grey": "female",
    "Mr. Grey": "male",
}


def people(names: Mapping[str, Gender], narrator: str = "") -> dict[str, Person]:
    return {
        name: Person(
            key=name,
            name=name,
            aliases=(name,),
            gender=gender,
            mentions=10,
            is_narrator=name == narrator,
        )
        for name, gender in names.items()
    }


def answers(
    text: str, names: Mapping[str, Gender] = PEOPLE, narrator: str = ""
) -> list[Attribution]:
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    mentions = [
        Mention(start=match.start(), end=match.end(), key=match[0])
        for match in re.finditer(rf"\b(?:{pattern})\b", text)
    ]
    return list(attribute(text, find_quotes(text), mentions, people(names, narrator)))


def speakers(text: str, narrator: str = "") -> list[str]:
    return [answer.speaker for answer in answers(text, narrator=narrator)]


def test_a_tag_with_a_name_is_explicit_and_sure():
    (answer,) = answers('"Stop it," cried Ann.\n')
    assert (answer.speaker, answer.method, answer.verb) == ("Ann", Method.EXPLICIT, "cried")
    assert answer.confidence > 0.9


def test_both_parts_of_a_broken_speech_share_speaker_and_tag():
    text = '"Come in," said Ann, turning round, "and sit."\n'
    first, second = answers(text)
    assert first.speaker == second.speaker == "Ann"
    assert text[first.tag_start : first.tag_end] == "said Ann,"
    assert (second.tag_start, second.tag_end) == (first.tag_start, first.tag_end)


def test_a_pronoun_means_the_last_one_of_that_gender():
    text = 'Ann came in, and Bob rose.\n\n"Sit down," she said.\n'
    (answer,) = answers(text)
    assert (answer.speaker, answer.method) == ("Ann", Method.ANAPHORIC)


def test_who_acts_beside_an_untagged_speech_speaks_it():
    text = '"I never will." Ann slammed the door.\n\nBob shook his head. "So be it."\n'
    assert speakers(text) == ["Ann", "Bob"]
    assert {answer.method for answer in answers(text)} == {Method.IMPLICIT}


def test_two_who_talk_take_turns():
    text = '"One," said Ann.\n\n"Two," said Bob.\n\n"Three."\n\n"Four."\n\n"Five."\n\n"Six," said Bob.\n'
    assert speakers(text) == ["Ann", "Bob", "Ann", "Bob", "Ann", "Bob"]


def test_order_is_read_backwards_from_a_later_tag():
    text = '"One."\n\n"Two."\n\n"Three," said Ann.\n\n"Four," said Bob.\n'
    assert speakers(text) == ["Ann", "Bob", "Ann", "Bob"]


def test_nobody_calls_himself_by_name():
    text = 'Ann and Bob sat down.\n\n"Well, Ann, are you tired?"\n\n"A little, Bob."\n'
    assert speakers(text) == ["Bob", "Ann"]
    assert [answer.addressee for answer in answers(text)] == ["Ann", "Bob"]


def test_a_colon_introduces_whoever_acts():
    assert speakers("Ann came in. Bob turned to her: “Well?”\n") == ["Bob"]


def test_a_first_person_book_knows_its_narrator():
    text = '"Who is there?" said I.\n\n"A friend," said Ann.\n\n"Come in," I answered.\n'
    assert speakers(text, narrator="Bob") == ["Bob", "Ann", "Bob"]


def test_a_narrator_is_not_he():
    text = 'I met Mr. Grey.\n\n"Good day," he said.\n'
    assert speakers(text, narrator="Bob") == ["Mr. Grey"]


def test_his_wife_goes_by_the_same_surname():
    text = 'Mr. Grey sat down.\n\n"You are late," said his wife.\n\n"I am," said Mr. Grey.\n'
    assert speakers(text) == ["Mrs. Grey", "Mr. Grey"]


def test_a_title_stands_for_its_bearer():
    names: dict[str, Gender] = {"Captain Smollett": "male", "Dr. Livesey": "male"}
    text = (
        'Captain Smollett met Dr. Livesey.\n\n"Sir," said the captain.\n\n"Yes?" said the doctor.\n'
    )
    assert [one.speaker for one in answers(text, names)] == ["Captain Smollett", "Dr. Livesey"]


def test_a_stranger_stays_unknown_and_keeps_the_order():
    text = 'Ann went in.\n\n"A table?" asked the waiter.\n\n"Please," said Ann.\n\n"For two?"\n\n"For one."\n'
    assert speakers(text) == ["", "Ann", "", "Ann"]
    assert answers(text)[0].confidence == 0.0


def test_a_name_nobody_has_stays_unknown():
    text = 'Ann was there.\n\n"I will go," said Zebulon.\n'
    assert speakers(text) == [""]


def test_said_anns_mother_is_not_ann():
    assert speakers('"Ann is late," said Ann\'s mother.\n') == [""]


def test_forms_of_address_tell_the_gender():
    text = 'Ann and Bob and Mr. Grey met.\n\n"Is it far, madam?"\n\n"Not very."\n\n"Thank you," said Bob.\n'
    assert speakers(text)[1] == "Ann"


def test_the_one_spoken_to_is_found():
    (answer,) = answers('Ann stood by. "No," whispered Bob to Ann.\n')
    assert (answer.speaker, answer.addressee, answer.verb) == ("Bob", "Ann", "whispered")


def test_quoted_words_have_no_speaker():
    answer = answers('Ann bought the "Daily News" at once.\n')[0]
    assert (answer.speaker, answer.method) == ("", Method.NONE)


def test_candidates_come_best_first_and_the_speaker_leads():
    text = 'Ann and Bob sat down.\n\n"Shall we go?"\n\n"Yes."\n'
    for answer in answers(text):
        assert answer.candidates[0][0] == answer.speaker
        assert sum(chance for _, chance in answer.candidates) <= 1.0


def test_a_speech_over_paragraphs_has_one_speaker():
    text = '"One," said Bob.\n\n"First of all," said Ann, "this.\n\n"And then that."\n\n"I see."\n'
    assert speakers(text) == ["Bob", "Ann", "Ann", "Ann", "Bob"]


def test_two_speakers_in_one_paragraph_are_told_apart():
    assert speakers('"So?" asked Bob. "Why not?" cried Ann.\n') == ["Bob", "Ann"]


def test_without_people_nobody_speaks():
    text = '"Well?" he said.\n\n"No."\n'
    assert [one.speaker for one in attribute(text, find_quotes(text), [], {})] == ["", ""]


def test_no_quotes_no_answers():
    assert attribute("Nothing.", (), (), {}) == ()
