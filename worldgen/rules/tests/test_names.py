"""Names: pronounceable, of one language, never twice, never banned."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldgen.rules.data.tongues import FAMILIES
from worldgen.rules.names import GENDERS, RUDE, Registry, family_order, tongue, too_close
from worldgen.rules.rng import Stream


def registry(*taken: str, people: tuple[str, ...] = (), banned: tuple[str, ...] = ()) -> Registry:
    return Registry(taken, people=people, banned=banned)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_names_can_be_said(family: str) -> None:
    for number in range(6):
        spoken = tongue(family, Stream("t", number))
        dice = Stream("names", number)
        names = [spoken.given(dice, gender) for gender in GENDERS for _ in range(30)]
        names += [spoken.surname(dice) for _ in range(30)] + [spoken.word(dice) for _ in range(30)]
        for name in names:
            assert re.fullmatch(r"[A-Z][a-z]{2,15}", name), name
            assert not re.search(r"(.)\1\1|[^aeiouy]{5}|[aeiouy]{4}", name.lower()), name
        assert len(set(names)) > len(names) * 0.6


def test_no_made_up_name_is_rude() -> None:
    for family in FAMILIES:
        spoken, dice = tongue(family, Stream(family)), Stream("rude", family)
        made = [spoken.word(dice) for _ in range(400)] + [
            spoken.given(dice, "neutral") for _ in range(400)
        ]
        assert not [name for name in made if RUDE.search(name.lower())]
    assert RUDE.search("sex")


def test_two_languages_of_one_family_are_not_the_same() -> None:
    one, two = tongue("marble", Stream(1)), tongue("marble", Stream(2))
    assert (one.onsets, one.vowels, one.endings) != (two.onsets, two.vowels, two.endings)


def test_languages_sound_unlike_each_other() -> None:
    def letters(family: str) -> Counter[str]:
        spoken, dice = tongue(family, Stream(5)), Stream(6)
        return Counter("".join(spoken.word(dice).lower() for _ in range(200)))

    harbor, stone = letters("harbor"), letters("stone")
    vowels = [sum(c[v] for v in "aeiou") / sum(c.values()) for c in (harbor, stone)]
    assert vowels[0] > vowels[1] + 0.05
    assert stone["k"] + stone["g"] > harbor["k"] + harbor["g"]


def test_a_wished_style_comes_first() -> None:
    assert family_order("something Nordic and harsh", Stream(1))[0] == "stone"
    assert family_order("soft lyrical island", Stream(1))[0] == "harbor"
    assert sorted(family_order("", Stream(1))) == sorted(FAMILIES)


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("mara", "mara", True), ("mara", "mira", True), ("mara", "maras", True), ("ara", "mara", True), ("mara", "mar", True),
        ("mara", "moira", False), ("mara", "arma", False), ("", "a", True), ("mara", "marina", False),
    ],
)  # fmt: skip
def test_names_one_letter_apart_are_too_close(one: str, other: str, close: bool) -> None:
    assert too_close(one, other) is close
    assert too_close(other, one) is close


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_closeness_is_an_edit_distance_below_two(one: str, other: str) -> None:
    edits = {other}
    for i in range(len(other) + 1):
        edits |= {other[:i] + other[i + 1 :]}
        edits |= {other[:i] + c + other[i + 1 :] for c in set(one)}
        edits |= {other[:i] + c + other[i:] for c in set(one)}
    assert too_close(one, other) is (one in edits)


def test_the_registry_refuses_what_is_taken_banned_or_a_player() -> None:
    names = registry("The Salt Guild", people=("Ilse Varn",), banned=("blood",))
    assert not names.free("salt guild")
    assert not names.free("Malt Guild")
    assert not names.free("ILSE VARN")
    assert not names.free("The Bloodhound")
    assert names.free("The Pepper Guild")


def test_after_fifty_tries_a_name_gets_an_epithet_and_then_a_number() -> None:
    names = registry("Corin")
    assert names.claim(lambda _: "Corin", epithets=("the Tall",)) == "Corin the Tall"
    assert names.claim(lambda _: "Corin", epithets=("the Tall",)) == "Corin II"
    asked: list[int] = []

    def free_at_last(turn: int) -> str:
        asked.append(turn)
        return "Corin" if turn < 49 else "Mirelle"

    assert names.claim(free_at_last) == "Mirelle"
    assert len(asked) == 50


def test_epithets_stand_before_or_after_the_name() -> None:
    names = registry("The Reach", "Corin")
    assert names.claim(lambda _: "The Reach", epithets=("Upper",)) == "The Upper Reach"
    assert names.claim(lambda _: "Corin", epithets=("of the Quay",)) == "Corin of the Quay"
