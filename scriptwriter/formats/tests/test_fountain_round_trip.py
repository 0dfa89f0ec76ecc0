"""What is read is written again byte for byte, and what writers make is read as they made it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.fountain import parse, print_document
from scriptwriter.formats.inline import plain_text
from scriptwriter.formats.tests.scripts import DOCUMENTS, OWN, SOUP, cue, shared_files, source_of


def without_source(document: Document) -> Document:
    elements = tuple(replace(element, raw=None) for element in document.elements)
    return replace(document, title_raw=None, elements=elements)


def as_seen(document: Document) -> list[tuple[object, ...]]:
    return [
        (
            element.kind,
            plain_text(element.text).split(),
            element.number,
            element.level,
            element.dual,
        )
        for element in document.elements
    ]


@settings(max_examples=300, deadline=None)
@given(SOUP | st.text())
@example("\ufeff\r\rBOB\r\nHi\n\r")
@example("[[ never closed\n\n/* nor this")
@example("BOB\n  \nINT. HOUSE - DAY")
@example("Title: x\n/* y */\nNot a key")
def test_any_text_is_printed_as_it_was_read(source: str) -> None:
    assert print_document(parse(source)) == source


@settings(max_examples=300, deadline=None)
@given(SOUP)
@example("BOB/*INT. HOUSE - DAY*\n/**/\nHello there.")
@example("/**/CUT TO:CUT TO:")
def test_any_script_laid_out_anew_reads_the_same(source: str) -> None:
    document = without_source(parse(source))
    assert as_seen(parse(print_document(document))) == as_seen(document)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
@example(Document(elements=(cue("BOB ^"), Element(kind=Kind.DIALOGUE, text="Hi."))))
@example(Document(elements=(cue("EXT", dual=True), Element(kind=Kind.DIALOGUE, text="Hi."))))
@example(Document(elements=(cue("^ [[a note]]"),)))
@example(Document(elements=(Element(kind=Kind.HEADING, text="#1# [[a note]]"),)))
def test_a_made_document_comes_back_equal(document: Document) -> None:
    again = parse(print_document(document))
    assert without_source(again).elements == document.elements
    assert again.title_page == document.title_page


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds(Element, kind=st.sampled_from(Kind), text=SOUP | st.text()), max_size=6))
def test_no_made_element_swallows_or_breaks_its_neighbors(elements: list[Element]) -> None:
    fence = Element(kind=Kind.HEADING, text="INT. FENCE - DAY", number="7")
    document = Document(elements=(fence, *elements, fence))
    again = parse(print_document(document)).elements
    assert [element.text for element in again if element.number == "7"] == [fence.text] * 2


@settings(max_examples=300, deadline=None)
@given(SOUP, st.data())
def test_an_edit_keeps_every_other_element(source: str, data: st.DataObject) -> None:
    document = parse(source)
    if not document.elements:
        return
    at = data.draw(st.integers(0, len(document.elements) - 1))
    made = Element(kind=Kind.HEADING, text="INT. NEW - DAY", number="9")
    elements = (*document.elements[:at], made, *document.elements[at + 1 :])
    printed = print_document(replace(document, elements=elements))
    assert any(element.number == "9" for element in parse(printed).elements)
    # What stands beside the edit may need a mark to stay what it is: a cue that lost its speech.
    for element in (*document.elements[: max(0, at - 1)], *document.elements[at + 2 :]):
        assert element.raw is not None
        assert element.raw.strip() in printed


def test_an_edit_leaves_the_lines_around_it_alone() -> None:
    source = source_of(OWN).replace("\n", "\r\n")
    document = parse(source)
    at = next(i for i, element in enumerate(document.elements) if element.text == "Steady.")
    changed = replace(document.elements[at], text="Hold on.", raw=None)
    elements = (*document.elements[:at], changed, *document.elements[at + 1 :])
    printed = print_document(replace(document, elements=elements))
    assert printed == source.replace("\r\nSteady.\r\n", "\r\nHold on.\r\n")


def test_a_cue_that_loses_its_speech_stays_a_cue() -> None:
    document = parse("BOB\nHi.\n\nHe waits.\n")
    cue, _, action = document.elements
    again = parse(print_document(replace(document, elements=(cue, action))))
    assert [element.kind for element in again.elements] == [Kind.CUE, Kind.ACTION]


def test_speech_added_to_a_cue_joins_it() -> None:
    document = parse("@BOB\n\nHe waits.\n")
    cue, action = document.elements
    said = Element(kind=Kind.DIALOGUE, text="Hi.")
    printed = print_document(replace(document, elements=(cue, said, action)))
    assert printed == "@BOB\nHi.\n\nHe waits.\n"


def test_our_own_script_of_all_constructs_round_trips() -> None:
    source = source_of(OWN)
    assert print_document(parse(source)) == source
    document = without_source(parse(source))
    assert without_source(parse(print_document(document))).elements == document.elements


@pytest.mark.shared
@pytest.mark.parametrize("path", shared_files("*.fountain"), ids=lambda path: path.stem)
def test_shared_scripts_round_trip(path: Path) -> None:
    source = source_of(path)
    document = parse(source)
    assert print_document(document) == source
    assert as_seen(parse(print_document(without_source(document)))) == as_seen(document)


HOSTILE = [
    "*_",
    "(",
    "[[",
    "/*",
    "/*/",
    "[[a]]",
    "\\",
    "#",
    " ",
    "\r",
    "INT. A #",
    "A (",
    "a:",
    "_a ",
]
HOSTILE_LINES = ["BOB\n[[n]]", "BOB", "!", "~a", "> <", "Title: x", "/**/", "[[\n", "=", "@a\n  "]


@pytest.mark.parametrize("piece", [*HOSTILE, *(f"{line}\n" for line in HOSTILE_LINES)])
def test_hostile_repetition_does_not_hang(piece: str, no_hang) -> None:
    source = piece * (100_000 // len(piece))
    document = parse(source)
    assert print_document(document) == source
    assert print_document(without_source(document)) or not document.elements
    assert all(len(plain_text(element.text)) <= len(source) for element in document.elements)
