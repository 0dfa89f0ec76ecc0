"""The strict JSON parser, by itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.core.parsing import MAX_DEPTH, MalformedJson, strict_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_sound_is_read_as_python_reads_it(value):
    assert strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        value = strict_json(data)
    except MalformedJson:
        return
    assert value == json.loads(data)


def test_depth_is_counted_outside_strings():
    text = "[" * 1_000 + '\\"' + "{" * 1_000
    assert strict_json(f'["{text}"]'.encode()) == [text.replace('\\"', '"')]
    assert strict_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) is not None
    with pytest.raises(MalformedJson, match="64 levels") as caught:
        strict_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert (caught.value.code, caught.value.status) == ("malformed_json", 400)


def test_a_pair_of_surrogates_is_one_character():
    assert strict_json(rb'"\ud83d\ude00"') == "\N{GRINNING FACE}"
