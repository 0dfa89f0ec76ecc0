"""The strict JSON parser, by itself."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.core.strict import MAX_DEPTH, MAX_MARKS, MalformedJson, strict_json

MIB = 1024 * 1024
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


@pytest.mark.parametrize(
    "unit", [b"[]", b"{}", b"1", b'""', b'{"a":1}', rb'"\\"', b"[" * 60 + b"]" * 60]
)
def test_many_tiny_values_are_refused_before_they_are_made(unit):
    """Each would be a hundred bytes or more; a parsed file of this size took up to two gigabytes."""
    bomb = b"[" + b",".join([unit] * (8 * MIB // (len(unit) + 1))) + b"]"
    tracemalloc.start()
    with pytest.raises(MalformedJson, match=r"Too many|More than"):
        strict_json(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * MIB


@pytest.mark.parametrize("inside", [rb"\n", rb"\"", b"a", "\N{GRINNING FACE}".encode()])
def test_one_long_string_takes_no_more_than_its_text(inside):
    text = b'["' + inside * (4 * MIB // len(inside)) + b'"]'
    tracemalloc.start()
    assert len(strict_json(text)[0]) > MIB // 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * len(text)


def test_as_much_as_is_allowed_is_read():
    assert len(strict_json(b"[" + b",".join([b"7"] * (MAX_MARKS - 2)) + b"]")) == MAX_MARKS - 2
    pairs = b",".join(b'"%d":"x"' % n for n in range(MAX_MARKS - 2))
    assert len(strict_json(b"{" + pairs + b"}")) == MAX_MARKS - 2
