"""Whatever a person types: any script, any length, braces, nothing at all. The world stays valid."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worldgen.rules import Brief, Locks
from worldgen.rules.tests.invariants import broken
from worldgen.rules.tests.worlds import character, full

SCRIPTS = st.sampled_from(
    ("Zoë Ångström", "Ἀλκιβιάδης", "Владимир", "李小龍", "أم كلثوم", "{name}", "O'Neil-d'Arc", "The", "x" * 80, "“Q”", "Ilse\ue000", "🜁 Ash")
)  # fmt: skip
STORIES = st.lists(
    st.one_of(
        st.sampled_from((
            "My brother Corin stole the Crown of {place}.", "師匠は私を裏切った。", "Мой брат Иван убил Петра.", "I owe Mira 30 gp.", "Mira and Mara and Myra killed me.",
            "no names here", "HE KILLED HER IN OLDMERE.", "My mother " + "Anna " * 60 + "died.", "I was born in Ü. I swore to Ö.",
        )),
        st.text(max_size=80),
    ),
    max_size=9,
).map(" ".join)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.sampled_from(("", "{", "In Veyra the Iron Order rules. War!", "海と塩。", "a|b;c", "%s {0}")))  # fmt: skip


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    names = draw(st.lists(SCRIPTS, max_size=8, unique=True))
    party = tuple(
        character(i, name, draw(TEXTS)[:40], draw(TEXTS)[:40], draw(STORIES)[:8000])
        for i, name in enumerate(names, start=1)
    )
    words = ("salt", "the", "a", "", " ", "Iron", "e", "(", "海")
    return Brief(
        random_seed=draw(st.integers(min_value=-(2**63), max_value=2**63 - 1)),
        size="small",
        premise=draw(TEXTS),
        genre=draw(TEXTS)[:60],
        tone=draw(TEXTS)[:60],
        technology_level=draw(st.sampled_from(("", "steam", "stone", "石"))),
        magic_level=draw(st.sampled_from(("none", "low", "medium", "high"))),
        party_level=draw(st.integers(min_value=1, max_value=20)),
        locks=Locks(
            banned_words=tuple(draw(st.lists(st.sampled_from(words), max_size=3))),
            naming_style=draw(TEXTS),
            facts=tuple(draw(st.lists(TEXTS, max_size=3))),
        ),
        characters=party,
    )


IGNORED = ("words: banned",)
"""A ban on articles cannot hold in English sentences; in names it does."""


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(briefs())
def test_any_input_gives_a_valid_world(told: Brief) -> None:
    told, rows = full(told)
    held = [what for what in broken(told, rows) if not any(word in what for word in IGNORED)]
    assert held == []
