from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyforge.ai.text.growing_json import GrowingJson

SCENE = {
    "text": 'INT. INN - NIGHT\n\nMARA\n"You\'re late," she said.\t\\ é 😀',
    "goal": "not shown",
    "tension": 0.5,
    "notes": ["a", "b"],
}


def read(answer: str, fields, size: int) -> str:
    growing = GrowingJson(fields)
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    return "".join(growing.feed(piece) for piece in pieces)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 1_000])
def test_a_text_comes_out_as_it_is_whatever_the_pieces(size, ascii_only):
    answer = json.dumps(SCENE, ensure_ascii=ascii_only)
    assert read(answer, ["text"], size) == SCENE["text"]


def test_a_text_is_shown_before_it_is_complete():
    growing = GrowingJson(["text"])
    assert growing.feed('{"goal": "x", "text": "INT. ') == "INT. "
    assert growing.feed("INN\\") == "INN"
    assert growing.feed("nThe ra") == "\nThe ra"
    assert growing.feed('in.", "tone": "dark"}') == "in."


def test_texts_of_several_places_stand_apart():
    script = {
        "scenes": [
            {"setting": "INT. INN", "elements": [{"kind": "action", "text": "Rain."}]},
            {"setting": "EXT. HARBOR", "elements": [{"kind": "action", "text": "Fog."}]},
        ]
    }
    shown = read(json.dumps(script), ["setting", "text"], 4)
    assert shown == "INT. INN\n\nRain.\n\nEXT. HARBOR\n\nFog."


def test_a_list_stands_under_its_name_and_empty_texts_leave_no_gap():
    answer = json.dumps({"themes": ["loss", "", "salt"], "codes": ["q1"], "setting": ""})
    assert read(answer, ["themes", "setting"], 3) == "loss\n\nsalt"


def test_a_name_that_looks_like_a_value_is_none():
    assert read('{"other": "text", "text": "yes"}', ["text"], 2) == "yes"


def test_a_field_holds_what_is_below_its_name_only():
    answer = json.dumps({"text": {"a": "no", "text": "yes"}, "b": "no"})
    assert read(answer, ["text"], 3) == "yes"


def test_prose_and_fences_around_the_json_are_passed_over():
    fenced = f'Here is "it":\n```json\n{json.dumps(SCENE)}\n```\n{{"text": "more"}}'
    assert read(fenced, ["text"], 7) == SCENE["text"]


@pytest.mark.parametrize(
    "answer",
    ["", "no JSON at all", "]]}}", "[" * 100_000, '{"a": }', '"text": "x"', "{,,:,"],
)
def test_what_is_no_json_shows_nothing(answer):
    assert read(answer, ["text"], 50) == ""


@pytest.mark.parametrize("text", ["a\\u0000b", "a\\ud800b", "a\\udc00b", "a\\ud800\\ud800b"])
def test_what_cannot_be_stored_is_replaced(text):
    shown = read(f'{{"text": "{text}"}}', ["text"], 1)
    assert shown.startswith("a\ufffd")
    assert shown.endswith("b")
    shown.encode()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below),
    max_leaves=20,
)


@given(
    value=st.dictionaries(st.text(max_size=3), json_values), size=st.integers(1, 9), data=st.data()
)
def test_any_answer_is_read_and_a_plain_field_comes_whole(value, size, data):
    text = data.draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    answer = json.dumps({**value, "wanted here": text})
    found = read(answer, ["wanted here"], size)
    assert found == text
    assert read(answer[: len(answer) // 2], list(value), size) is not None
