"""Speech tags: who, how and to whom, and exactly which words they are."""

from __future__ import annotations

import pytest

from scriptwriter.prose.phrases import Kind
from scriptwriter.prose.tags import Tag, after, before
from scriptwriter.prose.verbs import lemma
from scriptwriter.prose.words import words


def behind(text: str, *, joined: bool = True) -> Tag | None:
    return after(words(text, 0, len(text)), joined=joined)


def ahead(text: str) -> Tag | None:
    return before(words(text, 0, len(text)))


def subject(tag: Tag | None, text: str) -> str:
    assert tag is not None
    assert tag.subject is not None
    return text[tag.subject.start : tag.subject.end]


@pytest.mark.parametrize(
    ("text", "who", "verb"),
    [
        ("said Alice.", "Alice", "said"),
        ("Alice said quietly.", "Alice", "said"),
        ("replied Mr. Bennet;", "Mr. Bennet", "replied"),
        ("said the old man,", "the old man", "said"),
        ("he whispered,", "he", "whispered"),
        ("said she,", "she", "said"),
        ("Alice very timidly ventured to ask.", "Alice", "ventured"),
        ("the March Hare went on.", "the March Hare", "went on"),
        ("put in the Captain,", "the Captain", "put in"),
        ("quoth I,", "I", "quoth"),
        ("said Lady Catherine de Bourgh,", "Lady Catherine de Bourgh", "said"),
        ("Jock was saying excitedly,", "Jock", "saying"),
        ("asked his mother's voice.", "his mother", "asked"),
        ("returned the voice of the coxswain,", "the coxswain", "returned"),
        ("Holmes, with a yawn, remarked.", "Holmes", "remarked"),
        ("sagte der Vater leise,", "der Vater", "sagte"),
        ("répondit Charles.", "Charles", "répondit"),
    ],
)
def test_a_tag_behind_a_speech_names_subject_and_verb(text: str, who: str, verb: str):
    tag = behind(text)
    assert subject(tag, text) == who
    assert tag is not None
    assert tag.verb == verb


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Alice looked up and said:", "Alice"),
        ("He turned to Jane, and said in a low voice, ", "He"),
        ("Mr. Darcy, drawing near Elizabeth, said to her:", "Mr. Darcy"),
        ("Said she:", "she"),
        ("The King sat down. Then the Queen cried, ", "the Queen"),
        ("When the King had gone, Alice said:", "Alice"),
        ("Mary heard her say, ", "her"),
        ("My uncle saw me staring and said to me:", "My uncle"),
    ],
)
def test_a_tag_ahead_of_a_speech_names_its_subject(text: str, who: str):
    assert subject(ahead(text), text) == who


@pytest.mark.parametrize(
    "text",
    [
        "The door opened and a man came in.",
        "He said nothing, and left.",
        "She did not answer.",
        "and she turned and ran into the house.",
        "At that moment such a sound broke out that she cried.",
        "He said it again and left the room without another word to anybody.",
    ],
)
def test_action_behind_a_finished_speech_is_no_tag(text: str):
    assert behind(text, joined=False) is None


@pytest.mark.parametrize(
    "text", ["The old house stood there.", "He had called her a", "It was called"]
)
def test_narration_ahead_is_no_tag(text: str):
    assert ahead(text) is None


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (" said Alice, turning round, and left.", "said Alice,"),
        (" said Alice, the elder one.", "said Alice,"),
        (" he said and shut the door.", "he said"),
        (" said Tom to Mary, smiling.", "said Tom to Mary,"),
        (" he said in a hoarse, feeble voice; ", "he said in a hoarse, feeble voice;"),
        (" the Hare said in an encouraging tone.", "the Hare said in an encouraging tone."),
        (" said Tweedledum and Tweedledee, ", "said Tweedledum and Tweedledee,"),
        (" said Alice turning round.", "said Alice"),
        (" cried Ann. Then she left.", "cried Ann."),
    ],
)
def test_a_tag_ends_before_what_is_action(text: str, covered: str):
    tag = behind(text)
    assert tag is not None
    assert text[tag.start : tag.end] == covered


def test_a_tag_ahead_leaves_the_first_predicate_alone():
    text = "He laid down his pen, looked up and said:"
    tag = ahead(text)
    assert tag is not None
    assert text[tag.start : tag.end] == "and said:"


def test_the_one_spoken_to_stands_behind_to():
    text = "whispered Bob to Ann and shut the door."
    tag = behind(text)
    assert tag is not None
    assert text[tag.to_start :].startswith("Ann")


def test_kinds_of_subjects_are_told_apart():
    kinds = []
    for text in ("said Alice.", "said he.", "said the old man."):
        tag = behind(text)
        assert tag is not None
        assert tag.subject is not None
        kinds.append(tag.subject.kind)
    assert kinds == [Kind.NAME, Kind.PRONOUN, Kind.ROLE]


@pytest.mark.parametrize(
    ("form", "base"),
    [
        ("whispered", "whisper"),
        ("went on", "go"),
        ("cries", "cry"),
        ("saying", "say"),
        ("xyzzy", "xyzzy"),
    ],
)
def test_forms_lead_back_to_the_dictionary_form(form: str, base: str):
    assert lemma(form) == base
