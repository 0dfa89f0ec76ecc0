"""Scripts cut into scenes."""

from __future__ import annotations

from hypothesis import given

from scriptwriter.formats.elements import Document, Kind
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.scenes import scenes
from scriptwriter.formats.tests.scripts import DOCUMENTS


@given(DOCUMENTS)
def test_scenes_hold_every_element_once_and_in_order(document: Document) -> None:
    slices = scenes(document)
    assert tuple(element for scene in slices for element in scene.elements) == document.elements
    assert all(document.elements[scene.start] is scene.elements[0] for scene in slices)
    assert all(scene.heading is scene.elements[0] for scene in slices[1:])


def test_what_stands_before_the_first_heading_is_a_slice_without_one() -> None:
    first, second = scenes(parse("FADE IN:\n\nINT. HOUSE - DAY #2#\n\nHe waits.\n"))
    assert first.heading is None
    assert second.heading is not None
    assert [element.kind for element in second.elements] == [Kind.HEADING, Kind.ACTION]
    assert second.heading.number == "2"


def test_a_script_without_headings_is_one_scene_and_an_empty_one_none() -> None:
    assert [scene.heading for scene in scenes(parse("BOB\nHello."))] == [None]
    assert scenes(parse("")) == []
