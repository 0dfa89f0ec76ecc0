"""The grammar: articles, capitals, limits, and words of a person that stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldgen.rules import data
from worldgen.rules.rng import Stream
from worldgen.rules.text import (
    Quote,
    Voice,
    fill,
    fit,
    listed,
    plural,
    sentences,
    together,
    with_article,
)
from worldgen.rules.theme import entries


def draw(pool: str) -> str:
    return {"beast": "owl", "place": "harbor", "hour": "hour"}[pool]


def test_slots_articles_and_capitals() -> None:
    assert fill(
        "{a beast} near {place}. {Beast}! {name} saw {a hour}.", {"name": "the Watch"}, draw
    ) == ("An owl near harbor. Owl! The Watch saw an hour.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("owl", "an owl"), ("harbor", "a harbor"), ("honest man", "an honest man"), ("union", "a union"), ("unpaid debt", "an unpaid debt"),
        ("one-eyed cat", "a one-eyed cat"), ("useful tool", "a useful tool"), ("Iron Gate", "an Iron Gate"),
    ],
)  # fmt: skip
def test_articles_go_by_sound(words: str, expected: str) -> None:
    assert with_article(words) == expected


@pytest.mark.parametrize(
    ("one", "many"),
    [("ferryman", "ferrymen"), ("hedge witch", "hedge witches"), ("keeper of the mere", "keepers of the mere"), ("spy", "spies"), ("boy", "boys"), ("lens", "lenses")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_a_quote_keeps_every_letter() -> None:
    said = Quote("my brother.  he  lied. {place} a owl")
    assert (
        fill("So it was: {told} {a beast}.", {"told": said}, draw) == f"So it was: {said} an owl."
    )


@given(st.text(max_size=60))
def test_what_a_person_typed_is_never_a_template(name: str) -> None:
    assert fill("{told}", {"told": Quote(name)}, draw) == name.strip()
    fill("{name} and {a name}", {"name": name}, draw)


@given(st.text(min_size=1, max_size=300), st.integers(min_value=20, max_value=200))
def test_fit_never_passes_the_limit(words: str, limit: int) -> None:
    assert len(fit(words, limit)) <= limit
    assert fit(words, 1000) == words


def test_fit_prefers_whole_sentences() -> None:
    assert fit("One thing is sure. The other thing is not.", 30) == "One thing is sure."
    assert fit("One thing after the other thing", 22) == "One thing after the…"


def test_lists_and_joins() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"
    assert together(12, "One two.", "Three four.", "Go.") == "One two. Go."
    assert sentences("one. two?  three") == "One. Two? Three"
    assert sentences("he lives in the Iron Isle.") == "He lives on the Iron Isle."


def test_cards_are_dealt_to_different_rows() -> None:
    cards = tuple("abcdefghij")

    def voice(turn: int) -> Voice:
        return Voice(lambda _: cards, lambda _: cards, turn=turn, rows=5, dice=Stream(turn))

    first = [voice(turn).raw("x") for turn in range(5)]
    assert len(set(first)) == 5
    assert len(set(voice(0).some("x", 4))) == 4
    assert voice(0).some("x", 99) == voice(0).some("x", 99)


POOLS = {
    **data.PROSE,
    **{f"{k}:{p}": t for k, found in data.SETTINGS.items() for p, t in found.items()},
}


def test_no_pool_is_defined_twice() -> None:
    parts = [vars(data)[name] for name in vars(data) if name.startswith("PROSE_")]
    assert sum(len(part) for part in parts) == len(data.PROSE)


def test_settings_have_the_same_pools_and_no_gaps() -> None:
    wanted = set(data.SETTINGS["sea"])
    for key, found in data.SETTINGS.items():
        assert set(found) == wanted, key
        assert all(len(entries(text)) >= 3 for text in found.values()), key
    for found in data.TROUBLES.values():
        assert set(found) == set(data.TROUBLES["flood"])


def test_templates_are_well_formed() -> None:
    for name, text in POOLS.items():
        found = entries(text)
        assert len(set(found)) == len(found), name
        for entry in found:
            assert (
                entry.count("{")
                == entry.count("}")
                == len(re.findall(r"\{(?:[Aa]n? )?\w+\}", entry))
            ), (name, entry)
            assert not re.search(r"(?<!\{)\b[Aa] (?:\{\w+\}|[aeio])", entry), (name, entry)
            assert not re.search(r"\b(\w+) \1\b|[ ]{2}|\.\.", entry), (name, entry)


def test_every_description_names_its_row() -> None:
    """Names differ within a table, so no two descriptions are equal."""
    pools = [
        p
        for p in data.PROSE
        if re.search(r"_(?:text|description)$|_(?:wild|home|now|gone|dead|sleeping)$", p)
    ]
    assert len(pools) > 20
    told = {"rules_text", "feat_description", "room_text", "legacy_text", "event_text", "event_now", "rel_gone", "detail_gone", "person_goal_gone", "person_secret_gone"}  # fmt: skip
    for pool in sorted(set(pools) - told):
        for entry in entries(data.PROSE[pool]):
            assert re.search(r"\{(?:[Aa]n? )?(?:[Nn]ame|called|[Pp]eople|person)\}", entry), (
                pool,
                entry,
            )
