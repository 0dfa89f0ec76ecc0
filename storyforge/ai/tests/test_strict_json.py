"""What counts as JSON in an answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.ai.errors import NotJson
from storyforge.ai.text.strict_json import MAX_DEPTH, extract_json, parse_json

STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | STORABLE,
    lambda inner: st.lists(inner) | st.dictionaries(STORABLE, inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_every_storable_value_comes_back(value: object) -> None:
    assert parse_json(f"\n {json.dumps(value)} \n") == value


@given(st.dictionaries(STORABLE, VALUES))
def test_a_fence_and_prose_do_not_matter(value: object) -> None:
    raw = json.dumps(value)
    if "```" not in raw:
        assert extract_json(f"Sure, here you go:\n\n```json\n{raw}\n```\nAnything else?") == value
    assert extract_json(f"Here it is: {raw} I hope it helps {{you}}.") == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("null and void", "text after"),
        ('{"a": 1} {"a": 2}', "text after"),
        ('{"a": NaN}', "NaN"),
        ("[Infinity]", "Infinity"),
        ("[-Infinity]", "-Infinity"),
        ("[1e999]", "too large"),
        ("9" * 5_000, "too long"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"b": [{"a": 1, "a": 1}]}', "twice"),
        (r'"\u0000"', "cannot be stored"),
        (r'{"\ud800": 1}', "cannot be stored"),
        (r'["\udfff"]', "cannot be stored"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "nested deeper"),
        ("[" * 200_000, "nested deeper"),
        ('{"a":' * 200_000, "nested deeper"),
        ("{'a': 1}", "not JSON"),
        ('{"a": 1,}', "not JSON"),
        ('"a\nb"', "not JSON"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(NotJson) as raised:
        parse_json(text)
    assert problem in raised.value.problems[0]


def test_the_deepest_allowed_value_is_read() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)


@pytest.mark.parametrize(
    "text", ["no json at all", '{"a": {"b": 1}, oops}', '```json\n{"a": \n```']
)
def test_a_part_of_a_broken_value_is_not_taken_for_the_whole(text: str) -> None:
    with pytest.raises(NotJson):
        extract_json(text)
