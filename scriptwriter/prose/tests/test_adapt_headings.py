"""What a scene heading says, and what it leaves out."""

from __future__ import annotations

import pytest

from scriptwriter.prose.slugline import heading_of, place_name, time_of_day
from scriptwriter.prose.types import SceneSpan


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("The next morning", "NEXT MORNING"),
        ("the following day", "NEXT DAY"),
        ("next evening", "NEXT EVENING"),
        ("toward dusk", "DUSK"),
        ("late in the afternoon", "AFTERNOON"),
        ("at midnight", "MIDNIGHT"),
        ("Two days later", "LATER"),
        ("some hours afterwards", "LATER"),
        ("eines Abends", "EVENING"),
        ("every night", ""),
        ("on every morning", ""),
        ("5 May", ""),
        ("half past eleven", ""),
        ("", ""),
    ],
)
def test_a_time_is_one_of_a_closed_list_or_left_out(words: str, time: str) -> None:
    assert time_of_day(words) == time


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("the kitchen", "KITCHEN"),
        ("his lodging", "LODGING"),
        ("her own room", "ROOM"),
        ("Baker\n Street", "BAKER STREET"),
        ("_the Hispaniola_", "HISPANIOLA"),
        ("Theatre Royal", "THEATRE ROYAL"),
    ],
)
def test_a_place_is_named_without_article_or_owner(words: str, place: str) -> None:
    assert place_name(words) == place


def test_a_heading_says_only_what_is_known() -> None:
    assert heading_of(SceneSpan(start=0, end=9)) == "INT./EXT. PLACE NOT STATED"
    span = SceneSpan(start=0, end=9, place="the kitchen", interior=True, time="at dawn")
    assert heading_of(span) == "INT. KITCHEN - DAWN"
