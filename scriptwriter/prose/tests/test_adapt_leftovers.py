"""What a speech tag leaves behind in the narration."""

from __future__ import annotations

import pytest

from scriptwriter.prose.leftovers import is_empty, leading_to, left_by, subject_of


@pytest.mark.parametrize(
    ("tag", "verb", "subject"),
    [
        ("said the Hatter,", "said", "the Hatter"),
        ("she said at last,", "said", "she"),
        ("Mr. Bennet replied:", "replied", "Mr. Bennet"),
        ("cried out Mrs. Hurst,", "cried", "Mrs. Hurst"),
        ("and then said", "said", ""),
    ],
)
def test_a_tag_names_its_subject(tag: str, verb: str, subject: str) -> None:
    assert subject_of(tag, verb) == subject


@pytest.mark.parametrize(
    ("left", "aside"),
    [
        ("turning to Alice again.", "turning to Alice again"),
        ("yawning.", "yawning"),
        ("as politely as she could.", "as politely as she could"),
        ("with a sigh,", "with a sigh"),
        (" (pointing at the March Hare,) ", "pointing at the March Hare"),
    ],
)
def test_a_short_manner_becomes_a_parenthetical(left: str, aside: str) -> None:
    found = left_by(left, "the Hatter")
    assert (found.aside, found.action) == (aside, "")


@pytest.mark.parametrize(
    ("left", "action"),
    [
        ("and kissed the boy hard.", "She kissed the boy hard."),
        ("who had come down the path.", "She had come down the path."),
        ("as the door fell shut behind them both.", "The door fell shut behind them both."),
        ("and the two went out.", "The two went out."),
    ],
)
def test_an_act_gets_its_subject_back(left: str, action: str) -> None:
    assert left_by(left, "she").action == action


@pytest.mark.parametrize("left", ["", ",", "and", "when he could.", " . "])
def test_a_stub_is_dropped(left: str) -> None:
    found = left_by(left, "he")
    assert (found.aside, found.action) == ("", "")


def test_a_manner_and_what_follows_are_told_apart() -> None:
    found = left_by("turning to her: he had taken out his watch. It was late.", "he")
    assert found.aside == "turning to her"
    assert found.action == "He had taken out his watch. It was late."


@pytest.mark.parametrize(
    ("text", "tag", "kept"),
    [
        ("He opened his eyes very wide; but all", "he said was,", "He opened his eyes very wide"),
        ("She shook her head, and", "said,", "She shook her head"),
        ("When he had finished,", "he said,", "He had finished"),
        (
            "He broke out in the song that",
            "he sang so often:",
            "He broke out in the song that he sang so often",
        ),
        ("And then", "said", ""),
    ],
)
def test_narration_before_a_tag_stands_without_it_or_keeps_it(
    text: str, tag: str, kept: str
) -> None:
    assert leading_to(text, tag).rstrip(",;: ") == kept


def test_words_that_mean_something_are_never_empty() -> None:
    assert is_empty("but all")
    assert not is_empty("Yawning.")
