"""The ladder: what a name means, and that it is never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldgen.answers.references import Candidate, Ladder, Rung, normal, plain

PEOPLE = [
    Candidate("entities", "ent01", "Captain Odo Brask"),
    Candidate("entities", "ent02", "Sister Ylva Thorn"),
    Candidate("entities", "ent03", "Ylva Marsh"),
    Candidate("entities", "ent04", "King Harl the Old", dead=True),
    Candidate("locations", "loc01", "The Drowned Abbey"),
]
LADDER = Ladder(PEOPLE)


@pytest.mark.parametrize(
    ("value", "code", "rung"),
    [
        ("ent02", "ent02", Rung.CODE),
        (" ENT02 ", "ent02", Rung.CODE),
        ("captain  odo BRASK", "ent01", Rung.NAME),
        ("Odo Brask", "ent01", Rung.PLAIN_NAME),
        ("Ýlva Thörn", "ent02", Rung.PLAIN_NAME),
        ("Brask", "ent01", Rung.WORDS),
        ("Odo Braskk", "ent01", Rung.ALIKE),
    ],
)
def test_a_reference_is_understood_on_the_rung_of_its_spelling(value, code, rung):
    match = LADDER.resolve(value, ["entities"])
    assert (match.code, match.rung) == (code, rung)
    assert match.doubtful == (rung >= Rung.WORDS)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Ylva", "ambiguous"),
        ("Gorm the Baker", "unknown"),
        ("", "unknown"),
        ("the", "unknown"),
        ("loc01", "wrong_type"),
    ],
)
def test_a_doubtful_reference_leads_nowhere_and_says_why(value, reason):
    match = LADDER.resolve(value, ["entities"])
    assert (match.code, match.reason) == ("", reason)


def test_the_dead_and_oneself_are_no_match_whatever_the_spelling():
    for value in ("ent04", "King Harl the Old", "Harl"):
        assert LADDER.resolve(value, ["entities"], alive=True).reason == "dead"
        assert LADDER.resolve(value, ["entities"], own="ent04").reason == "self"
        assert LADDER.resolve(value, ["entities"]).code == "ent04"


@given(st.text(max_size=60))
def test_any_text_is_a_candidate_of_the_wanted_table_or_nobody(text):
    match = LADDER.resolve(text, ["locations"])
    assert match.code in ("", "loc01")
    assert bool(match.code) != bool(match.reason)


@given(st.text(max_size=60))
def test_making_a_name_plain_twice_changes_nothing(text):
    assert normal(normal(text)) == normal(text)
    assert plain(plain(text)) == plain(text)


def test_the_order_of_the_candidates_does_not_matter():
    for value in ("Ylva", "Brask", "Odo Braskk", "Somebody"):
        forward, back = (Ladder(c).resolve(value, ["entities"]) for c in (PEOPLE, PEOPLE[::-1]))
        assert (forward.code, forward.reason) == (back.code, back.reason)
