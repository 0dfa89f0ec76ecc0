"""Profile fields are cited, and empty rather than wrong."""

from scriptwriter.prose.passages import Passage
from scriptwriter.prose.profile import read_profile
from scriptwriter.prose.types import Person

NORA = Person(key="p1", name="Nora Vance", aliases=("Nora",), gender="female", mentions=9)
DARCY = Person(key="p2", name="Mr. Darcy", aliases=("Darcy",), gender="male", mentions=9)


def profile(text: str, *said: str, person: Person = NORA) -> dict[str, str]:
    lines = [Passage(chapter=0, start=0, end=0, quote=quote) for quote in said]
    claims = read_profile(person, [person], [text], {person.key: lines})
    assert all(claim.passages for claim in claims.values())
    return {name: claim.text for name, claim in claims.items()}


def test_looks_come_from_what_is_said_of_the_body() -> None:
    text = "Nora Vance was a tall woman with gray hair and a scar."
    assert profile(text)["physical_description"] == text


def test_somebody_elses_eyes_on_a_face_are_no_description() -> None:
    assert "physical_description" not in profile(
        "Her eyes were resting on Nora's face for a moment."
    )


def test_what_was_long_ago_is_backstory_and_what_was_a_minute_ago_is_not() -> None:
    text = "Nora had been keeper of the light for nine years."
    assert profile(text)["backstory"] == text
    assert "backstory" not in profile("Nora had been writing busily in her book all that time.")


def test_small_talk_is_no_want() -> None:
    assert "want" not in profile("It rained.", "I should like to have it explained.")
    assert "want" not in profile("It rained.", "I want to ask you about the weather.")
    assert "keeper" in profile("It rained.", "I want to be keeper of the light.")["want"]


def test_thanks_and_comfort_are_no_lie_and_no_need() -> None:
    text = profile(
        "It rained.", "I can never thank you all enough.", "There's no use in crying like that."
    )
    assert not {"lie", "need", "ghost"} & text.keys()


def test_a_death_in_the_family_is_a_ghost() -> None:
    assert "ghost" in profile("It rained.", "My father was drowned off the reef in that gale.")


def test_a_sister_is_not_her_brother() -> None:
    text = "She had heard that Miss Darcy was exceedingly proud of everything."
    assert "personality" not in profile(text, person=DARCY)


def test_a_voice_is_told_in_sentences() -> None:
    voice = profile("It rained.", "Who is it?", "Who?", "Where was he?", "Why there?")["voice"]
    assert voice.startswith("Short speeches, 4 in all; half of them have")
    assert "100% of them ask a question." in voice


def test_an_arc_quotes_what_the_person_does_first_and_last() -> None:
    first = "Nora Vance put out the lamp and wrote in the log."
    last = "Nora stood up and set her hand to the wick."
    claims = read_profile(NORA, [NORA], [first, f"Snow lay upon the house of Nora. {last}"], {})
    assert first in claims["character_arc"].text
    assert last in claims["character_arc"].text
