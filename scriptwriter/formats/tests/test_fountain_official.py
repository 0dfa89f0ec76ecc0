"""The tests of the original Fountain parser, and what other parsers count in the same files."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from fountain import FountainParser

from scriptwriter.formats.elements import Kind
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.tests.scripts import OWN, SCREENPLAYS, source_of

pytestmark = pytest.mark.shared

SUITE = SCREENPLAYS / "parser_suites" / "nyousefi-fountain"
# Their names for our kinds. They have no kind for centered text, which is an action with a flag.
KINDS = {
    "Action": {Kind.ACTION, Kind.CENTERED},
    "Boneyard": {Kind.BONEYARD},
    "Character": {Kind.CUE},
    "Comment": {Kind.NOTE},
    "Dialogue": {Kind.DIALOGUE},
    "Lyrics": {Kind.LYRICS},
    "Page Break": {Kind.PAGE_BREAK},
    "Parenthetical": {Kind.PARENTHETICAL},
    "Scene Heading": {Kind.HEADING},
    "Section Heading": {Kind.SECTION},
    "Synopsis": {Kind.SYNOPSIS},
    "Transition": {Kind.TRANSITION},
}
# The list of assertions lost what these said; they are the negative ones, and one positive.
UNTYPED = {
    "testNotTransitionWithTrailingSpaces": set(Kind) - {Kind.TRANSITION},
    "testNotAForcedSceneHeader": set(Kind) - {Kind.HEADING},
    "testRequiresBlankLinesBeforeAndAfter": set(Kind) - {Kind.HEADING},
    "testNeedsSeparatorAfterPrefix": set(Kind) - {Kind.HEADING},
    "testNoCaps": {Kind.HEADING},
    "testRemovalOfCaretMarkup": {Kind.CUE},
    "testCueCannotBeALLNumerical": set(Kind) - {Kind.CUE},
}
# Two lines of action that we keep in one element, as the syntax has it, are two to them.
DIALOGUE_JOINED_AT = 23


@dataclass(frozen=True, kw_only=True, slots=True)
class Assertion:
    name: str
    file: str
    index: int
    allowed: frozenset[Kind]
    text: str | None


def official_assertions() -> list[Assertion]:
    path = SUITE / "assertions.json"
    if not path.exists():
        return [Assertion(name="none", file="missing", index=0, allowed=frozenset(), text=None)]
    return [
        Assertion(
            name=entry["test"],
            file=suite["file"],
            index=entry["index"]
            - (suite["file"] == "Dialogue.fountain" and entry["index"] > DIALOGUE_JOINED_AT),
            allowed=frozenset(UNTYPED.get(entry["test"]) or KINDS[entry["type"]]),
            text=entry.get("text"),
        )
        for suite in json.loads(path.read_text()).values()
        for entry in suite["assertions"]
    ]


@pytest.mark.parametrize("wanted", official_assertions(), ids=lambda wanted: wanted.name)
def test_official_assertion(wanted: Assertion) -> None:
    element = parse(source_of(SUITE / wanted.file)).elements[wanted.index]
    assert element.kind in wanted.allowed
    assert wanted.text is None or element.text == wanted.text


def test_brick_and_steel_has_its_elements_where_the_original_finds_them() -> None:
    elements = parse(source_of(SCREENPLAYS / "fountain" / "brick_and_steel.fountain")).elements
    at = {kind: [i for i, e in enumerate(elements) if e.kind is kind] for kind in Kind}
    assert at[Kind.HEADING][:6] == [0, 23, 32, 40, 49, 55]
    assert {22, 31, 68, 77} <= set(at[Kind.TRANSITION])
    assert {50, 51} <= set(at[Kind.CENTERED])
    assert [i for i, element in enumerate(elements) if element.dual] == [20]


def agreed_counts() -> list[tuple[str, str, int]]:
    path = SCREENPLAYS / "reference_counts.json"
    if not path.exists():
        return [("missing", "", 0)]
    return [
        (name, what, counts[what][0])
        for name, counts in json.loads(path.read_text())["files"].items()
        for what, agree in counts["agree"].items()
        if agree
    ]


@pytest.mark.parametrize(("name", "what", "count"), agreed_counts())
def test_counts_on_which_four_other_parsers_agree(name: str, what: str, count: int) -> None:
    kind = {"scene_headings": Kind.HEADING, "character_cues": Kind.CUE}.get(what)
    elements = parse(source_of(SCREENPLAYS.parent / name)).elements
    assert sum(element.kind is kind for element in elements) == count


@pytest.mark.parametrize("name", ["hamlet", "importance_of_being_earnest"])
def test_plays_have_the_speakers_that_others_find(name: str) -> None:
    path = SCREENPLAYS / "fountain" / f"{name}.fountain"
    elements = parse(source_of(path)).elements
    counts = json.loads((SCREENPLAYS / "reference_counts.json").read_text())["files"]
    theirs = counts[f"screenplays/fountain/{name}.fountain"]["characters"]
    ours = Counter(element.speaker for element in elements if element.kind is Kind.CUE)
    assert {speaker: ours[speaker] for speaker in theirs} == theirs


@pytest.mark.parametrize("path", [OWN, SCREENPLAYS / "fountain" / "hamlet.fountain"], ids=str)
def test_an_independent_parser_finds_the_same_headings_and_speakers(path: Path) -> None:
    source = source_of(path)
    theirs = FountainParser().parse(source)
    ours = parse(source)
    assert sorted({e.speaker.upper() for e in ours.elements if e.kind is Kind.CUE}) == sorted(
        theirs.get_characters()
    )
    assert sum(e.kind is Kind.HEADING for e in ours.elements) == len(theirs.get_scenes())
