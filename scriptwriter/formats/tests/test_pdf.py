"""The PDF: what a reader of it finds, and how it fails."""

from __future__ import annotations

import ctypes
import json
from collections import Counter
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from scriptwriter.formats import pdf
from scriptwriter.formats.elements import Document, Element, Kind
from scriptwriter.formats.errors import TypesettingFailed, TypesettingTimedOut
from scriptwriter.formats.fountain import parse
from scriptwriter.formats.glyphs import missing_letters, printable_letters
from scriptwriter.formats.inline import plain_text
from scriptwriter.formats.pdf import Limits, screenplay_pdf
from scriptwriter.formats.tests.scripts import OWN, SCREENPLAYS, source_of


def page_texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def action(text: str) -> Document:
    return Document(elements=(Element(kind=Kind.ACTION, text=text),))


def tags_of(data: bytes) -> Counter[str]:
    """Count the structure tags of all pages."""
    counts: Counter[str] = Counter()

    def walk(element: object) -> None:
        name = ctypes.create_string_buffer(64)
        pdfium.FPDF_StructElement_GetType(element, name, 64)
        counts[name.raw.decode("utf-16-le").rstrip("\0")] += 1
        for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, number)
            if child:
                walk(child)

    document = pypdfium2.PdfDocument(data)
    for page in document:
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number))
        pdfium.FPDF_StructTree_Close(tree)
    return counts


@pytest.fixture(scope="module")
def own() -> bytes:
    return screenplay_pdf(parse(source_of(OWN)), scene_numbers=True)


def test_the_pages_hold_the_script(own: bytes) -> None:
    title, first, second = page_texts(own)
    assert title.split("\n")[:3] == ["THE LAMP ROOM", "a short one", "written by"]
    assert "1 INT. LIGHTHOUSE, STAIRS - NIGHT 1" in first
    assert "Forty-one steps. She counts them." in first
    assert "Check the number" not in first
    assert "cellar" not in (first + second).lower()
    assert second.startswith("2.\n")


def test_the_same_script_gives_the_same_bytes(own: bytes) -> None:
    assert screenplay_pdf(parse(source_of(OWN)), scene_numbers=True) == own


def test_title_author_and_scenes_are_told_to_readers(own: bytes) -> None:
    document = pypdfium2.PdfDocument(own)
    metadata = document.get_metadata_dict()
    assert (metadata["Title"], metadata["Author"]) == (
        "THE LAMP ROOM a short one",
        "Nobody in Particular",
    )
    assert [entry.get_title().split()[-1] for entry in document.get_toc()] == [
        *("NIGHT", "STAIRS", "DAY", "CONTINUOUS"),
    ]


def test_it_is_tagged_with_a_heading_for_each_scene(own: bytes) -> None:
    tags = tags_of(own)
    assert tags["H1"] == 4
    assert tags["P"] > 20
    assert b"pdfuaid:part" in own


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_paper_sizes(paper: str, size: tuple[int, int]) -> None:
    data = screenplay_pdf(action("He waits."), paper="a4" if paper == "a4" else "letter")
    assert tuple(round(side) for side in pypdfium2.PdfDocument(data)[0].get_size()) == size


def test_an_empty_script_is_an_empty_page() -> None:
    assert len(pypdfium2.PdfDocument(screenplay_pdf(Document()))) == 1


TYPST = [
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0"',
    "$x^2$ <label> @ref",
    "`raw` \\u{41}",
]
OTHER = ["= A // b", "{{7*7}} <script>alert(1)</script>", "https://example.com", '"); panic()']


@pytest.mark.parametrize("text", TYPST + OTHER)
def test_text_is_never_markup(text: str) -> None:
    document = Document(
        title_page=(("Title", text), ("Author", text)),
        elements=(Element(kind=Kind.HEADING, text=text), Element(kind=Kind.ACTION, text=text)),
    )
    title, page = page_texts(screenplay_pdf(document))
    assert plain_text(text).split()[0] in title
    assert "".join(plain_text(text).split()) in "".join(page.split())


def test_every_letter_said_to_be_printable_is_printed_in_every_style() -> None:
    letters = "".join(sorted(printable_letters() - set("\\*_[]/ ")))
    rows = "\n".join(letters[at : at + 50] for at in range(0, len(letters), 50))
    elements = [
        Element(kind=Kind.ACTION, text="\n".join(f"{mark}{row}{mark}" for row in rows.split("\n")))
        for mark in ("", "*", "**", "***", "_")
    ]
    assert screenplay_pdf(Document(elements=tuple(elements))).startswith(b"%PDF")


def test_other_letters_are_replaced_and_told() -> None:
    document = action("Tokyo 東京\x07 \ud800 \u202eevil ế ﬃ \x00 😀")
    assert missing_letters(document) == "京東\ud800😀"
    (text,) = page_texts(screenplay_pdf(document))
    assert "Tokyo" in text
    assert "evil" in text
    assert "東" not in text


def test_a_run_that_takes_too_long_is_a_typed_error() -> None:
    with pytest.raises(TypesettingTimedOut) as caught:
        screenplay_pdf(action("He waits. " * 20_000), limits=Limits(seconds=0))
    assert caught.value.retryable


def test_a_run_that_takes_too_much_memory_is_a_typed_error() -> None:
    with pytest.raises(TypesettingFailed):
        screenplay_pdf(action("He waits."), limits=Limits(memory=64 * 1024**2))


def test_a_refusal_of_the_typesetter_is_a_typed_error_without_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text('#read("/etc/passwd")')
    monkeypatch.setattr(pdf, "TEMPLATE", broken)
    with pytest.raises(TypesettingFailed) as caught:
        screenplay_pdf(action("He waits."))
    assert "root:" not in json.dumps(caught.value.members)
    assert str(tmp_path.parent) not in json.dumps(caught.value.members)


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(SCREENPLAYS.glob("nasty/*.fountain")), ids=lambda p: p.stem)
def test_hostile_scripts_become_pages(path: Path) -> None:
    assert screenplay_pdf(parse(source_of(path))).startswith(b"%PDF")
