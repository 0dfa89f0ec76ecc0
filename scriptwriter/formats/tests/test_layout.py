"""Pages as data: nothing lost, nothing past the edge, nothing cut where it must not be."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scriptwriter.formats.elements import SPOKEN, Document, Element, Kind
from scriptwriter.formats.errors import TooManyPages
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.glyphs import printable
from scriptwriter.formats.inline import Run, inline
from scriptwriter.formats.layout import lay_out
from scriptwriter.formats.paper import (
    PAPERS,
    REPEATED,
    RIGHT,
    Layout,
    Page,
    Paper,
    PlacedLine,
    Role,
)
from scriptwriter.formats.tests.scripts import DOCUMENTS, HERE, OWN, SCREENPLAYS, SOUP, source_of

LETTER, A4 = PAPERS["letter"], PAPERS["a4"]
HIDDEN = (Kind.SECTION, Kind.SYNOPSIS, Kind.NOTE, Kind.BONEYARD, Kind.PAGE_BREAK)

SENTENCES = st.lists(
    st.lists(st.sampled_from(["word", "a", "longer", "well-known", "Mr.", "*so*"]), min_size=1).map(
        lambda words: " ".join(words) + ". "
    ),
    min_size=1,
    max_size=25,
).map(lambda sentences: "".join(sentences).strip())


def said(name: str, text: str, *, dual: bool = False) -> list[Element]:
    cue = Element(kind=Kind.CUE, text=name, dual=dual, speaker=name)
    return [cue, Element(kind=Kind.DIALOGUE, text=text)]


LONG_BLOCKS = st.one_of(
    st.just([Element(kind=Kind.HEADING, text="INT. HOUSE - DAY", number="12A")]),
    SENTENCES.map(lambda text: [Element(kind=Kind.ACTION, text=text)]),
    SENTENCES.map(lambda text: said("BOB", text)),
    SENTENCES.map(lambda text: said("ANNA", text, dual=True)),
    SENTENCES.map(
        lambda text: [*said("BOB (V.O.)", text), Element(kind=Kind.PARENTHETICAL, text="(so)")]
    ),
    st.just([Element(kind=Kind.TRANSITION, text="CUT TO:")]),
    st.just([Element(kind=Kind.PAGE_BREAK)]),
)
LONG_SCRIPTS = st.lists(LONG_BLOCKS, min_size=1, max_size=25).map(
    lambda blocks: Document(elements=tuple(element for block in blocks for element in block))
)


def text_of(page: Page) -> str:
    """Write a page as text, one row a line."""
    rows: dict[int, list[str]] = {}
    for line in page.lines:
        letters = rows.setdefault(line.row, [" "] * 90)
        letters[line.column : line.column + len(line.text)] = line.text
    return "\n".join("".join(rows.get(row, [])).rstrip() for row in range(-3, max(rows) + 1))


def body(page: Page) -> list[PlacedLine]:
    return [line for line in page.lines if line.role is not Role.PAGE_NUMBER]


def inside_and_apart(page: Page, paper: Paper) -> bool:
    """True where every letter stands on the paper and none on another."""
    taken = [
        (line.row, column)
        for line in page.lines
        for column in range(line.column, line.column + len(line.text))
    ]
    inside = all(row < paper.rows and 7 < column < RIGHT + 7 for row, column in taken)
    return inside and len(taken) == len(set(taken))


def letters(runs: Iterable[Run], kind: Kind) -> list[tuple[str, bool, bool, bool]]:
    """Spell runs out, each letter with its style, without white space."""
    return [
        (letter, run.bold, run.italic or kind is Kind.LYRICS, run.underline)
        for run in runs
        for letter in "".join(printable(run.text).split())
    ]


def printed(layout: Layout, index: int, kind: Kind) -> list[tuple[str, bool, bool, bool]]:
    lines = [line for page in layout.pages for line in page.lines if line.element == index]
    return [letter for x in lines if x.role not in REPEATED for letter in letters(x.runs, kind)]


@settings(max_examples=120, deadline=None)
@given(LONG_SCRIPTS | DOCUMENTS, st.sampled_from([LETTER, A4]))
def test_no_line_leaves_the_page_or_stands_on_another(document: Document, paper: Paper) -> None:
    layout = lay_out(document, paper, scene_numbers=True)
    assert all(inside_and_apart(page, paper) for page in layout.pages)


@settings(max_examples=120, deadline=None)
@given(LONG_SCRIPTS | DOCUMENTS)
def test_every_letter_is_printed_once_in_order_and_style(document: Document) -> None:
    layout = lay_out(document, LETTER)
    for index, element in enumerate(document.elements):
        text = "" if element.kind in HIDDEN else element.text
        wanted = letters(inline(text), element.kind)
        if element.kind is Kind.HEADING:
            wanted = [(letter.upper(), b, i, u) for letter, b, i, u in wanted]
        assert printed(layout, index, element.kind) == wanted
    order = [line.element for page in layout.pages for line in body(page)]
    assert [index for index, _ in groupby(order)] == sorted(set(order))


@settings(max_examples=120, deadline=None)
@given(LONG_SCRIPTS)
def test_no_heading_ends_a_page(document: Document) -> None:
    for page in lay_out(document, LETTER).pages[:-1]:
        lines = body(page)
        following = document.elements[lines[-1].element + 1 :]
        scene_ends = not following or following[0].kind in (Kind.HEADING, Kind.PAGE_BREAK)
        assert scene_ends or all(line.role is not Role.HEADING for line in lines[-2:])


@settings(max_examples=120, deadline=None)
@given(LONG_SCRIPTS)
def test_every_more_has_a_continued_with_two_lines_on_each_side(document: Document) -> None:
    pages = lay_out(document, LETTER).pages
    continued = sum(line.role is Role.CONTINUED for page in pages for line in page.lines)
    assert continued == sum(line.role is Role.MORE for page in pages for line in page.lines)
    for page, following in pairwise(pages):
        lines = body(page)
        at = [i for i, line in enumerate(lines) if line.role is Role.MORE]
        if not at:
            continue
        assert at == [len(lines) - 1]
        above, below = lines[: at[0]], body(following)
        assert below[0].role is Role.CONTINUED
        assert "(CONT'D)" in below[0].text
        assert all(
            line.role in (Role.DIALOGUE, Role.PARENTHETICAL) for line in above[-2:] + below[1:3]
        )
        assert above[-1].role is Role.DIALOGUE
        assert above[-1].text.endswith(".")
        assert not above[-1].text.endswith("Mr.")


@settings(max_examples=120, deadline=None)
@given(LONG_SCRIPTS)
def test_cut_action_leaves_two_lines_on_each_page(document: Document) -> None:
    pages = lay_out(document, LETTER).pages
    for page in pages:
        for _, group in groupby(body(page), key=lambda line: line.element):
            lines = list(group)
            index = lines[0].element
            whole = sum(line.element == index for p in pages for line in p.lines)
            if lines[0].role is Role.ACTION and len(lines) < whole:
                assert whole >= 4
                assert len(lines) >= 2


ANYTHING = st.builds(
    Element,
    kind=st.sampled_from(Kind),
    text=SOUP | st.builds(lambda text, times: text * times, SOUP, st.integers(0, 200)),
    number=st.text(max_size=9),
    dual=st.booleans(),
    speaker=st.text(max_size=5),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ANYTHING, max_size=12),
    st.lists(st.tuples(st.sampled_from(["Title", "Contact", "Date", "Foo"]), SOUP), max_size=4),
    st.sampled_from([LETTER, A4]),
)
def test_any_document_at_all_fits_its_pages(
    elements: list[Element], title_page: list[tuple[str, str]], paper: Paper
) -> None:
    document = Document(title_page=tuple(title_page), elements=tuple(elements))
    for page in lay_out(document, paper, scene_numbers=True).pages:
        assert inside_and_apart(page, paper)


def test_bold_italic_and_underline_are_kept_across_lines() -> None:
    text = "**" + "bold " * 20 + "end** _under_ *slant* plain"
    (page,) = lay_out(Document(elements=(Element(kind=Kind.ACTION, text=text),)), LETTER).pages
    runs = [run for line in page.lines for run in line.runs]
    assert " ".join(run.text for run in runs if run.bold).split() == ["bold"] * 20 + ["end"]
    assert [run.text for run in runs if run.underline] == ["under"]
    assert [run.text for run in runs if run.italic] == ["slant"]


def test_a_speech_is_cut_after_a_sentence_and_before_a_parenthetical() -> None:
    filler = Element(kind=Kind.ACTION, text="\n".join(["x"] * 46))
    speech = [
        Element(kind=Kind.CUE, text="BOB (V.O.)"),
        Element(kind=Kind.DIALOGUE, text="One sentence ends on the second line. And " * 3),
        Element(kind=Kind.PARENTHETICAL, text="(beat)"),
        Element(kind=Kind.DIALOGUE, text="It goes on for\nsome time\nafter that."),
    ]
    first, second = lay_out(Document(elements=(filler, *speech)), LETTER).pages
    assert [line.text for line in body(first)[-2:]] == ["on the second line. And", "(MORE)"]
    assert [line.text for line in body(second)[:2]] == ["BOB (V.O.) (CONT'D)", "(beat)"]


def test_a_speech_longer_than_pages_goes_on_and_on() -> None:
    text = "no end in sight " * 1500
    pages = lay_out(Document(elements=tuple(said("BOB", text))), LETTER).pages
    assert len(pages) > 10
    assert all(body(page)[0].text == "BOB (CONT'D)" for page in pages[1:])


def test_a_name_that_is_continued_already_says_so_once() -> None:
    pages = lay_out(
        Document(elements=tuple(said("BOB (CONT’D)", "So it is. " * 300))), LETTER
    ).pages
    assert {body(page)[0].text for page in pages} == {"BOB (CONT’D)"}


def test_two_speeches_stand_level_and_move_together() -> None:
    filler = Element(kind=Kind.ACTION, text="\n".join(["x"] * 50))
    pair = [*said("BOB", "Left. " * 12), *said("ANNA", "Right. " * 20, dual=True)]
    first, second = lay_out(Document(elements=(filler, *pair)), LETTER).pages
    assert {line.role for line in body(first)} == {Role.ACTION}
    cues = [line for line in second.lines if line.role is Role.CUE]
    assert [(line.row, line.text) for line in cues] == [(0, "BOB"), (0, "ANNA")]
    assert cues[0].column < 41 < cues[1].column


def test_two_speeches_higher_than_a_page_follow_each_other() -> None:
    pair = [*said("BOB", "Left. " * 400), *said("ANNA", "Right. " * 20, dual=True)]
    pages = lay_out(Document(elements=tuple(pair)), LETTER).pages
    cues = [line for page in pages for line in page.lines if line.role is Role.CUE]
    assert {line.column for line in cues} == {37}


def test_page_numbers_begin_on_page_two() -> None:
    breaks = [Element(kind=Kind.ACTION, text="x"), Element(kind=Kind.PAGE_BREAK)] * 3
    pages = lay_out(Document(elements=tuple(breaks)), LETTER).pages
    numbers = [[(x.text, x.row) for x in p.lines if x.role is Role.PAGE_NUMBER] for p in pages]
    assert numbers == [[], [("2.", -3)], [("3.", -3)]]


def test_scene_numbers_stand_in_both_margins_or_not_at_all() -> None:
    document = parse("INT. HOUSE - DAY #12A#\n\nHe waits.\n\n.X #A-VERY-LONG-ONE#\n\nHe waits.\n")
    (page,) = lay_out(document, LETTER, scene_numbers=True).pages
    headings = [line for line in page.lines if line.role is Role.HEADING]
    assert headings[0].text == "12A    INT. HOUSE - DAY"
    assert [(x.column, x.text) for x in page.lines if x.role is Role.SCENE_NUMBER] == [(75, "12A")]
    assert headings[1].text == "A-VERY-LONG-ONE X"
    (page,) = lay_out(document, LETTER).pages
    assert "12A" not in text_of(page)


def test_title_page_may_be_left_out_or_be_long() -> None:
    document = parse("Title: A\nContact:\n" + "    line\n" * 60 + "\nHe waits.\n")
    assert [p.number for p in lay_out(document, LETTER).pages] == [0, 0, 1]
    assert [p.number for p in lay_out(document, LETTER, title_page=False).pages] == [1]


def test_more_pages_than_allowed_are_refused() -> None:
    with pytest.raises(TooManyPages):
        lay_out(Document(elements=(Element(kind=Kind.ACTION, text="x\n" * 120_000),)), LETTER)


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_our_own_script_looks_as_it_did(paper: str) -> None:
    layout = lay_out(parse(source_of(OWN)), PAPERS[paper], scene_numbers=True)
    golden = HERE / "golden" / f"constructs_{paper}.txt"
    shown = "\f\n".join(text_of(page) for page in layout.pages) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["fountain/hamlet", "nasty/5000_scenes", "nasty/emphasis_bomb"])
def test_shared_scripts_are_laid_out_whole(name: str) -> None:
    document = parse(source_of(SCREENPLAYS / f"{name}.fountain"))
    layout = lay_out(document, LETTER)
    lines = [line for page in layout.pages for line in page.lines]
    more = sum(line.role is Role.MORE for line in lines)
    assert more == sum(line.role is Role.CONTINUED for line in lines)
    assert {line.element for line in lines} >= {
        i for i, e in enumerate(document.elements) if e.kind in (Kind.HEADING, *SPOKEN)
    }
