"""Places with and without names."""

from __future__ import annotations

import pytest

from scriptwriter.prose.people import find_people
from scriptwriter.prose.places import find_places, interior_of, place_nouns
from scriptwriter.prose.types import Place

TEXT = """Sarah Cole drove to Whitby. In Whitby the rain had stopped. “Go,” said Cole. She walked into the kitchen.

Cole looked at Marsh. Marsh lived at Larkspur House, and Cole had been to Larkspur House before. The
old kitchen was cold. “In the kitchen,” said Marsh, “one freezes.” Cole went back to the kitchen.

They crossed the street. Cole waited in the street. Marsh came down the street from the Drowned Lantern.
At the Drowned Lantern they drank. Nobody spoke English in the Drowned Lantern. In August Marsh died.
"""


def places() -> dict[str, Place]:
    return {place.name: place for place in find_places([TEXT], find_people([TEXT]))}


def test_names_after_in_and_to_are_places() -> None:
    assert {"Whitby", "Larkspur House", "the Drowned Lantern"} <= places().keys()


def test_people_months_and_languages_are_no_places() -> None:
    assert not {"Marsh", "Cole", "August", "English"} & places().keys()


def test_rooms_and_roads_one_goes_to_are_places() -> None:
    found = places()
    assert found["the kitchen"].interior is True
    assert found["the street"].interior is False


def test_a_house_is_inside_and_a_town_is_neither() -> None:
    found = places()
    assert found["Larkspur House"].interior is True
    assert found["Whitby"].interior is None


@pytest.mark.parametrize(
    ("noun", "interior"),
    [("kitchen", True), ("drawing-room", True), ("street", False), ("bank", None), ("ship", None)],
)
def test_inside_or_outside_is_what_the_noun_says(noun: str, interior: bool | None) -> None:
    assert interior_of(noun) is interior


def test_the_first_mention_points_into_the_book() -> None:
    assert TEXT[places()["Whitby"].first :].startswith("Whitby")


def test_an_empty_book_has_no_places() -> None:
    assert find_places([""], find_people([""])) == ()


@pytest.mark.parametrize(
    ("words", "found", "interior"),
    [
        ("She slept in the old kitchen.", "the old kitchen", True),
        ("He stood in the lamp room.", "the lamp room", True),
        ("They sat in front of the house.", "the house", False),
        ("He waited on the landing.", "the landing", None),
    ],
)
def test_adjectives_and_other_nouns_may_stand_before_a_place(
    words: str, found: str, interior: bool | None
) -> None:
    (place,) = place_nouns(words, 0, len(words))
    assert words[place.start : place.end] == found
    assert place.interior is interior


@pytest.mark.parametrize(
    "words", ["He knocked at the inn door.", "He lay on the top of the world."]
)
def test_a_part_of_a_place_is_not_the_place(words: str) -> None:
    assert list(place_nouns(words, 0, len(words))) == []
