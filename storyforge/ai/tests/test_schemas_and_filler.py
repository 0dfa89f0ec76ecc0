"""Schemas on their way to a model, and values made up to fit them."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from enum import Enum
from random import Random
from typing import Annotated, Any, Literal
from uuid import UUID

import jsonschema
import pytest
from pydantic import BaseModel, Field, TypeAdapter

from storyforge.ai.text.fill import fill
from storyforge.ai.text.fill_pattern import text_matching
from storyforge.ai.text.schemas import as_text, without_marks


def test_marks_go_and_properties_of_such_a_name_stay() -> None:
    schema = {
        "type": "object",
        "x-kind": "plot",
        "properties": {"x-ray": {"type": "string", "x-table": "Rays", "enum": ["x-1"]}},
        "anyOf": [{"x-a": 1, "const": {"x-b": 1}}],
        "$defs": {"x-d": {"x-e": 1}},
    }
    assert without_marks(schema) == {
        "type": "object",
        "properties": {"x-ray": {"type": "string", "enum": ["x-1"]}},
        "anyOf": [{"const": {"x-b": 1}}],
        "$defs": {"x-d": {}},
    }
    assert schema["x-kind"] == "plot"


def test_a_schema_as_text_ends_with_its_json() -> None:
    schema = {"type": "string", "description": "Größe"}
    assert json.loads(as_text(schema).splitlines()[-1]) == schema


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    name: str
    children: list[Node]
    other: Node | None = None


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: Annotated[int, Field(ge=1, le=9)]


class Dog(BaseModel):
    kind: Literal["dog"]


class Everything(BaseModel):
    name: Annotated[str, Field(min_length=3, max_length=10)]
    long: Annotated[str, Field(min_length=900)]
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{3,5}(?:-(?:old|new))?$")]
    state: Annotated[str, Field(pattern="^(proposed|confirmed|locked)$")]
    color: Color
    age: Annotated[int, Field(gt=17, lt=20)]
    ratio: Annotated[float, Field(gt=0, lt=1)]
    tens: Annotated[int, Field(multiple_of=10, ge=35, le=45)]
    below: Annotated[int, Field(le=-5)]
    maybe: int | None = None
    tags: Annotated[set[str], Field(min_length=5)]
    colors: Annotated[set[Color], Field(min_length=2)]
    pair: tuple[int, str]
    counts: dict[str, int]
    born: date
    seen: datetime
    key: UUID
    pet: Cat | Dog
    tree: Node
    free: Any = None
    few: Annotated[list[Cat], Field(min_length=1, max_length=1)]


@pytest.mark.parametrize("seed", range(25))
def test_the_filler_fits_what_pydantic_writes(seed: int) -> None:
    value = fill(Everything.model_json_schema(), seed=seed)
    Everything.model_validate(json.loads(json.dumps(value)))
    jsonschema.validate(value, Everything.model_json_schema())


def test_the_same_seed_gives_the_same_value_and_another_one_another() -> None:
    schema = Everything.model_json_schema()
    assert fill(schema, seed=3) == fill(schema, seed=3) != fill(schema, seed=4)


def test_alternatives_and_sums_of_schemas() -> None:
    schema: dict[str, Any] = {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"properties": {"b": {"oneOf": [{"type": "null"}, {"const": 7}]}}, "required": ["b"]},
        ]
    }
    value = fill(schema)
    jsonschema.validate(value, schema)
    assert value["b"] == 7


def test_a_reference_points_to_a_row_that_the_filler_names() -> None:
    rows = {
        "type": "array",
        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
    }
    link = {"type": "string", "x-table": "Realms"}
    value = fill({"type": "object", "properties": {"Realms": rows, "capital_of": link}})
    assert value["capital_of"] in {row["name"] for row in value["Realms"]}


def test_given_texts_are_used_within_the_limits() -> None:
    schema = TypeAdapter(list[Annotated[str, Field(max_length=4)]]).json_schema()
    assert set(fill(schema, texts=["<script>"])) == {"<scr"}


@pytest.mark.parametrize(
    "pattern", [r"^#[0-9a-f]{6}$", r"\w+@\w+", r"^[^a-z\s]+$", r"^(a|b)*c+?$", r"^\S{2}.\D$"]
)
def test_patterns_are_served(pattern: str) -> None:
    for seed in range(20):
        assert re.search(pattern, text_matching(pattern, Random(seed)))  # noqa: S311


def test_a_pattern_that_cannot_be_served_is_an_error() -> None:
    with pytest.raises(ValueError, match="no text found"):
        text_matching(r"^(?=x)y", Random(0))  # noqa: S311
