"""Word documents: heading styles become chapters; what the format forbids is refused."""

from __future__ import annotations

import pytest

from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import LOREM, docx, docx_members, zip_of
from storyforge.core.errors import UnreadableFile

PROSE = LOREM * 8


def test_heading_styles_are_chapters_and_the_title_style_is_the_title() -> None:
    book = read_book(
        docx(
            [
                ("Title", "The Lamp"),
                ("Heading1", "Fog"),
                ("", PROSE),
                ("Heading1", "Chapter 2: The Steps"),
                ("", PROSE),
            ]
        ),
        "draft.docx",
    )
    assert book.title == "The Lamp"
    assert [(c.label, c.title) for c in book.chapters] == [("", "Fog"), ("Chapter 2", "The Steps")]
    assert all(book.text[c.body :].startswith("The harbor") for c in book.chapters)


def test_a_style_of_ones_own_with_an_outline_level_is_a_heading() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Mein Kapitel"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/>'
        '<w:basedOn w:val="Kapitel"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/>'
        '<w:basedOn w:val="Loop"/></w:style>'
    )
    paragraphs = [("Kapitel", "Eins"), ("", PROSE), ("Sub", "Zwei"), ("Loop", PROSE)]
    book = read_book(docx(paragraphs, styles=styles), "a.docx")
    assert [c.title for c in book.chapters] == ["Eins", "Zwei"]


def test_parts_above_chapters_give_the_level() -> None:
    paragraphs = [("Heading1", "Part One"), ("Heading2", "Fog"), ("", PROSE), ("Heading2", "Rain")]
    paragraphs += [("", PROSE), ("Heading1", "Part Two"), ("Heading2", "Snow"), ("", PROSE)]
    book = read_book(docx(paragraphs), "a.docx")
    assert [(c.level, c.title) for c in book.chapters] == [
        (1, "Part One"),
        (2, "Fog"),
        (2, "Rain"),
        (1, "Part Two"),
        (2, "Snow"),
    ]


def test_a_manuscript_without_styles_is_cut_by_the_words_of_its_headings() -> None:
    paragraphs = [("", "CHAPTER 1"), ("", PROSE), ("", "CHAPTER 2"), ("", PROSE)]
    book = read_book(docx(paragraphs), "a.docx")
    assert [c.label for c in book.chapters] == ["CHAPTER 1", "CHAPTER 2"]


def test_properties_give_title_author_and_language() -> None:
    properties = (
        '<cp:coreProperties xmlns:cp="cp" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>The Lamp</dc:title><dc:creator>Ada Lund</dc:creator>"
        "<dc:language>de-AT</dc:language></cp:coreProperties>"
    )
    book = read_book(docx([("", "Hallo.")], properties=properties), "x.docx")
    assert (book.title, book.author, book.language) == ("The Lamp", "Ada Lund", "de")


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels"])
def test_any_document_type_is_refused(part: str) -> None:
    members = docx_members([("", "x")])
    members[part] = "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/'>" + str(members[part])
    with pytest.raises(UnreadableFile, match="entities"):
        read_book(zip_of(members), "a.docx")


@pytest.mark.parametrize(
    "body",
    ["", "<w:p", "<x/>", "\x00\x01", "<w:document xmlns:w='other'><w:body/></w:document>"],
)
def test_a_broken_body_is_one_sentence(body: str) -> None:
    members = docx_members([("", "x")])
    members["word/document.xml"] = body
    with pytest.raises(UnreadableFile):
        read_book(zip_of(members), "a.docx")


def test_a_document_without_text_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no text"):
        read_book(docx([("", "")]), "a.docx")
