"""What writers are asked for, byte for byte, and how their answers are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from storyforge.generation.context import CHARACTERS_PER_TOKEN
from worldgen import phases
from worldgen.answers.validator import check, check_row
from worldgen.rules.tests.worlds import brief, full
from worldgen.schemas import bundle, bundle_text, row_type
from worldgen.tests.test_save import a_plane

GOLDEN = Path(__file__).parent / "golden"
MOST_TOKENS = 4_500


@pytest.mark.parametrize("phase", [p.code for p in phases.PHASES])
def test_a_bundle_is_the_one_that_was_reviewed(phase):
    """Written anew by UPDATE_GOLDEN=1."""
    path, text = GOLDEN / f"{phase}.json", json.dumps(bundle(phase), indent=1, ensure_ascii=False)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text + "\n", "utf-8")
    assert path.read_text("utf-8") == text + "\n"


@pytest.mark.parametrize("phase", [p.code for p in phases.PHASES])
def test_a_bundle_fits_and_holds_every_table_once(phase):
    assert len(bundle_text(phase)) / CHARACTERS_PER_TOKEN <= MOST_TOKENS
    assert [tool["name"] for tool in bundle(phase)] == [
        f"emit_{table}" for table in phases.by_code(phase).tables
    ]
    for tool in bundle(phase):
        assert "maxLength" not in json.dumps(tool)


@pytest.mark.parametrize(
    "payload",
    [
        {"rows": [a_plane("pla01", "Ember")]},
        [a_plane("pla01", "Ember")],
        a_plane("pla01", "Ember"),
        {"rows": a_plane("pla01", "Ember")},
        {"rows": json.dumps([a_plane("pla01", "Ember")])},
        f"Here it is:\n```json\n{json.dumps({'rows': [a_plane('pla01', 'Ember')]})}\n```",
        [a_plane("pla01", "Ember", plane_type="MATERIAL", alignment="True neutral")],
        [
            a_plane(
                "pla01", "Ember", tags=None, hazards="", parent_plane="", access_methods="A door."
            )
        ],
    ],
)
def test_shapes_that_are_easy_to_mend_are_mended(payload):
    found = check("planes", payload)
    assert found.issues == []
    assert found.rows == [a_plane("pla01", "Ember")]


def test_numbers_as_text_are_numbers():
    row, issues = check_row("item_locations", {"item": "itm01", "location": "loc01",
                                               "status": "Lost", "detail": 7})  # fmt: skip
    assert issues == []
    assert (row["detail"], row["status"], row["shop"]) == ("7", "lost", None)


@pytest.mark.parametrize("payload", ["Sorry, no.", {}, None, 7, {"rows": 3}, "[1, 2"])
def test_an_answer_without_rows_says_so(payload):
    found = check("planes", payload)
    assert [issue.code for issue in found.issues] == ["not_rows"]


def test_all_problems_of_a_row_are_told():
    bad = a_plane("pla01", "x" * 81, gravity="soft", is_home="perhaps", access_methods=[], more=1)
    _, issues = check_row("planes", bad)
    assert {i.field for i in issues} == {"name", "gravity", "is_home", "access_methods", "more"}


@pytest.mark.parametrize("table", list(phases.tables()))
def test_every_field_of_a_row_may_be_written(table):
    names = {f.name for f in phases.writable(phases.tables()[table])}
    assert names <= set(row_type(table).model_fields)


def test_a_row_without_an_optional_object_has_an_empty_one():
    _, rows = full(brief(1))
    race = {k: v for k, v in rows["races"][0].items() if k != "speeds_other"}
    checked = check("races", {"rows": [race]})
    assert (checked.issues, checked.rows[0]["speeds_other"]) == ([], {})
