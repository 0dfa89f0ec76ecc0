"""A script cut at its scene headings."""

from __future__ import annotations

from dataclasses import dataclass

from scriptwriter.formats.elements import Document, Element, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneSlice:
    """A heading and everything up to the next one; `start` counts elements of the document.

    `elements` includes the heading, which only the first slice may lack.
    """

    heading: Element | None
    elements: tuple[Element, ...]
    start: int


def scenes(document: Document) -> list[SceneSlice]:
    """Cut a document into scenes; their elements joined are the document's."""
    starts = [
        index for index, element in enumerate(document.elements) if element.kind is Kind.HEADING
    ]
    if document.elements and (not starts or starts[0] > 0):
        starts.insert(0, 0)
    stops = [*starts[1:], len(document.elements)]
    return [
        _slice(document.elements[start:stop], start)
        for start, stop in zip(starts, stops, strict=False)
    ]


def _slice(elements: tuple[Element, ...], start: int) -> SceneSlice:
    heading = elements[0] if elements[0].kind is Kind.HEADING else None
    return SceneSlice(heading=heading, elements=elements, start=start)
