"""The kind of a file: by content first, with a clear word where the name disagrees."""

from __future__ import annotations

import pytest

from scriptwriter.readers.kinds import extension, stem
from scriptwriter.readers.read import read_book
from scriptwriter.readers.tests.samples import docx, epub, page, pdf, zip_of
from storyforge.core.errors import FileTooLarge, UnreadableFile, UnsupportedFormat

EPUB = epub({"a.xhtml": page("<p>Hello.</p>")})
DOCX = docx([("", "Hello.")])
PDF = pdf([[(40, 500, 10, "Hello.")]])
TEXT = b"Hello, this is a plain text.\n"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (EPUB, "a.epub", "epub"),
        (DOCX, "a.docx", "docx"),
        (PDF, "a.PDF", "pdf"),
        (TEXT, "a.txt", "txt"),
        (TEXT, "a.markdown", "md"),
        (EPUB, "upload", "epub"),
        (PDF, "upload.bin", "pdf"),
        (TEXT, "upload", "txt"),
    ],
)
def test_content_and_name_tell_the_format(data: bytes, name: str, kind: str) -> None:
    assert read_book(data, name).format == kind


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (TEXT, "a.epub", "not an EPUB"),
        (TEXT, "a.docx", "not a Word document"),
        (TEXT, "a.pdf", "not a PDF"),
        (EPUB, "a.txt", "it is an EPUB"),
        (EPUB, "a.docx", "it is an EPUB"),
        (DOCX, "a.epub", "it is a Word document"),
        (PDF, "a.md", "it is a PDF"),
    ],
)
def test_a_renamed_file_is_refused_and_both_kinds_are_named(
    data: bytes, name: str, word: str
) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read_book(data, name)


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"{\\rtf1 Hello}", "a.rtf", "RTF"),
        (b"<?xml version='1.0'?><FictionBook></FictionBook>", "a.fb2", "FictionBook"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "a.html", "HTML"),
        (b"\xef\xbb\xbf<html><body>Hello</body></html>", "a.txt", "HTML"),
        (b"\x89PNG\r\n\x1a\n0000", "a.txt", "PNG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.doc", "old Word"),
        (zip_of({"mimetype": "application/vnd.oasis.opendocument.text"}), "a.odt", "OpenDocument"),
        (zip_of({"readme": "x"}), "a.zip", "ZIP"),
        (zip_of({"[Content_Types].xml": "x", "xl/book.xml": "x"}), "a.xlsx", "Office"),
        (b"INT. HOUSE - DAY\n", "a.fountain", "fountain"),
    ],
)
def test_other_formats_are_refused_with_the_list_of_those_read(
    data: bytes, name: str, word: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=word) as refused:
        read_book(data, name)
    assert "EPUB, Word (.docx) and PDF" in refused.value.message


@pytest.mark.parametrize("name", ["a.txt", "a.epub", "a.docx", "a.pdf", "a.fountain"])
@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\x00" * 40])
def test_an_empty_file_is_called_empty(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        read_book(data, name)


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(FileTooLarge, match="10 MB"):
        read_book(b"word " * (2 * 2**20 + 1), "a.txt")
    with pytest.raises(FileTooLarge, match="50 MB"):
        read_book(b"%PDF-" + b"x" * (50 * 2**20), "a.pdf")


def test_file_names_are_data() -> None:
    assert extension("../../etc/passwd") == ""
    assert extension("x.<script>alert(1)") == "scriptalert1"
    assert stem("..\\folder\\my_great_novel.final.txt") == "my great novel.final"
    assert stem("tricky\x00\x1b\u202ename.txt") == "tricky name"
