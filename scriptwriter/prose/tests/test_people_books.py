"""The cast of whole novels from the shared test data."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scriptwriter.prose.people import Cast, find_people

PROJECT = Path(__file__).resolve().parents[3]
BOOKS = Path(os.environ.get("STORYFORGE_SHARED", PROJECT.parent / "shared")) / "data/books"


def cast_of(name: str) -> Cast:
    truth_path = BOOKS / "truth" / f"{name}.json"
    if not truth_path.exists():
        pytest.skip(f"shared test data is not beside the project: {truth_path.name}")
    truth = json.loads(truth_path.read_text("utf-8"))
    text = (BOOKS / "txt" / name).read_bytes().decode(truth["encoding"])
    offsets = [unit["char_offset"] for unit in truth["units"]]
    parts = [text[a:b] for a, b in zip(offsets, [*offsets[1:], len(text)], strict=True)]
    return find_people([part.replace("\r\n", "\n") for part in parts])


def keys(cast: Cast, *names: str) -> list[str]:
    people = [cast.named(name) for name in names]
    assert None not in people, names
    return [person.key for person in people if person]


def test_the_bennets_and_their_friends_are_apart() -> None:
    cast = cast_of("pride_and_prejudice.txt")
    apart = keys(
        cast,
        "Mr. Bennet",
        "Mrs. Bennet",
        "Elizabeth",
        "Jane",
        "Lydia",
        "Kitty",
        "Mr. Darcy",
        "Miss Darcy",
        "Mr. Bingley",
        "Miss Bingley",
        "Mr. Collins",
        "Charlotte",
        "Lady Catherine",
        "Mrs. Gardiner",
        "Mr. Gardiner",
        "Wickham",
    )
    assert len(set(apart)) == len(apart)
    assert len(set(keys(cast, "Elizabeth", "Lizzy", "Eliza", "Miss Elizabeth Bennet"))) == 1


def test_creatures_of_wonderland_lead_the_list_behind_alice() -> None:
    cast = cast_of("alice_in_wonderland.txt")
    assert cast.people[0].name == "Alice"
    top = {person.name.removeprefix("the ") for person in cast.people[:12]}
    assert {"Hatter", "King", "Mock Turtle", "Gryphon", "Duchess", "Dormouse", "March Hare"} <= top


def test_jim_tells_of_the_island_and_silver_has_one_card() -> None:
    cast = cast_of("treasure_island.txt")
    assert cast.narrator is not None
    assert cast.narrator.name == "Jim Hawkins"
    assert len(set(keys(cast, "Silver", "Long John", "John Silver", "Long John Silver"))) == 1
    assert len(set(keys(cast, "Jim", "Dr. Livesey", "Squire Trelawney", "Ben Gunn", "Pew"))) == 5


def test_a_german_tale_has_few_people_and_no_furniture() -> None:
    cast = cast_of("die_verwandlung_latin1_de.txt")
    assert cast.people[0].name == "Gregor"
    assert len(cast) < 20
