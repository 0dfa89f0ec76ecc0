"""Facts of a backstory: verbatim sentences with a proper name and a bond word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldgen.rules import facts_of
from worldgen.rules.bonds import plan_of
from worldgen.rules.facts import MAX_FACT, MAX_FACTS, kind_of, proper_names
from worldgen.rules.tests.worlds import brief, character

STORY = "I grew up poor. My brother Corin stole the ledger of House Varro!  The rain never stopped. Captain Hask swore to hang me."


def test_facts_are_sentences_with_a_name_and_a_bond() -> None:
    assert [f["text"] for f in facts_of(STORY)] == [
        "My brother Corin stole the ledger of House Varro!",
        "Captain Hask swore to hang me.",
    ]


def test_a_span_points_to_the_words() -> None:
    for fact in facts_of(STORY):
        assert STORY[fact["span_start"] : fact["span_end"]] == fact["text"]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Nobody knows that Mara is my sister.", "secret"),
        ("I owe Dov forty crowns.", "debt"),
        ("I must find Elia.", "goal"),
        ("Sister Ann gave me a locket.", "item"),
        ("Varn was killed at the gate.", "event"),
        ("My mentor Aldous drank.", "person"),
        ("I was born in Oldmere.", "place"),
        ("It rained in Oldmere.", ""),
    ],
)
def test_the_kind_follows_from_the_bond_word(sentence: str, kind: str) -> None:
    assert kind_of(sentence) == kind


def test_names_leave_out_openers_and_keep_titles() -> None:
    text = "When Captain Dorn Hask left, My Aunt Vela wept. The Tide Court of Marrow Isle paid O'Brien's widow."
    assert [n.text for n in proper_names(text)] == [
        "Captain Dorn Hask", "Aunt Vela", "Tide Court of Marrow Isle", "O'Brien",
    ]  # fmt: skip


def test_a_story_without_names_still_gives_facts() -> None:
    assert [f["text"] for f in facts_of("i never talk. not once. never.")] == [
        "i never talk.",
        "not once.",
    ]
    assert facts_of("私は海で生まれた。父は王に殺された。")[0]["text"] == "私は海で生まれた。"
    assert facts_of("") == facts_of(" \n ") == []


def test_a_long_sentence_is_cut_after_a_word() -> None:
    fact = facts_of("My brother Corin " + "walked and " * 60 + "died.")[0]
    assert len(fact["text"]) <= MAX_FACT
    assert fact["text"].endswith(("walked", "and"))


@given(st.text(max_size=900))
def test_any_text_gives_verbatim_facts(story: str) -> None:
    facts = facts_of(story)
    assert len(facts) <= MAX_FACTS
    for fact in facts:
        assert story[fact["span_start"] : fact["span_end"]] == fact["text"]
        assert 0 < len(fact["text"]) <= MAX_FACT
    assert (
        bool(facts) == any(len(part.strip()) > 1 for part in [f["text"] for f in facts])
        or not facts
    )


def test_two_people_of_one_fact_are_two_people() -> None:
    told = "My father Hagan was killed by Lord Vale. He was a smith."
    plan = plan_of(brief(characters=(character(1, "Borrik", "Dwarf", "Cleric", told),)))
    people = {b.name: (b.connection, b.status) for b in plan.people}
    assert people == {"Hagan": ("family", "dead"), "Lord Vale": ("enemy", "alive")}


def test_every_fact_finds_a_row_however_many_there_are() -> None:
    told = " ".join(f"My friend Person{chr(65 + i)} owes me silver number {i}." for i in range(12))
    told_by = character(1, "Ilse", "Human", "Fighter", told)
    plan = plan_of(brief(characters=(told_by,)))
    used = {f for b in (*plan.people, *plan.places, *plan.things, *plan.quests) for f in b.facts}
    assert used == {f.code for f in told_by.facts}
    assert all(len(b.facts) <= 4 for b in plan.people)
