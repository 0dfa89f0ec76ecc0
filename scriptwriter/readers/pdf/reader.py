"""Read a PDF that has a text layer: lines, then paragraphs, then chapters."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scriptwriter.readers import limits
from scriptwriter.readers.assembly import split_book
from scriptwriter.readers.encodings import CONTROLS
from scriptwriter.readers.front import front_matter
from scriptwriter.readers.kinds import stem
from scriptwriter.readers.languages import iso_639_1
from scriptwriter.readers.pdf.bookmarks import bookmark_entries, read_bookmarks
from scriptwriter.readers.pdf.furniture import without_furniture
from scriptwriter.readers.pdf.layout import measure
from scriptwriter.readers.pdf.lines import Sheet, read_sheet
from scriptwriter.readers.pdf.reflow import reflow
from scriptwriter.readers.pdf.streams import refuse_bombs
from scriptwriter.readers.phrases import said
from scriptwriter.readers.types import ReadBook
from storyforge.core.errors import FileTooLarge, UnreadableFile

PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
SCANNED = "The PDF holds pictures of pages and no text; scanned books are not read."
REBUILT = "A PDF stores lines, not paragraphs: they were rebuilt from the layout. Check the result."
# Printing from Word names the file: "Microsoft Word - Draft 3.docx".
PRINTED_FROM = re.compile(r"^Microsoft Word - (.+?)(?:\.docx?)?$")
# A scanned book may carry a stamp or a page number as text.
LEAST_LETTERS_A_PAGE = 20


def read_pdf(data: bytes, filename: str) -> ReadBook:
    """Read a PDF. Raises UnreadableFile (damaged, protected, scanned) or FileTooLarge."""
    refuse_bombs(data)
    with _opened(data) as document:
        sheets, broken = _sheets(document)
        _refuse_scans(sheets)
        info = document.get_metadata_dict()
        language = _language(document)
        bookmarks = read_bookmarks(document)
    cleared, dropped = without_furniture(sheets)
    content = reflow(measure(cleared))
    front = front_matter(content.text)
    title = _said(info, "Title") or front.title or stem(filename)
    entries = bookmark_entries(content, bookmarks)
    split = split_book(
        content, entries, book_title=title, body_end=front.body_end, are_headings_sure=False
    )
    notes = [REBUILT]
    if broken:
        notes.append(f"{said(broken, 'page')} could not be read.")
    if dropped:
        notes.append(f"Running heads and page numbers left out: {dropped:,}.")
    return ReadBook(
        title=title,
        author=_said(info, "Author") or front.author,
        language=language or front.language,
        format="pdf",
        encoding="",
        text=content.text,
        chapters=split.chapters,
        warnings=(*notes, *split.warnings),
    )


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == PASSWORD_ERROR:
            raise UnreadableFile("The PDF is protected with a password.") from error
        raise UnreadableFile("The PDF is damaged and cannot be opened.") from error
    try:
        yield document
    finally:
        document.close()


def _sheets(document: pdfium.PdfDocument) -> tuple[list[Sheet], int]:
    """Extract all pages within the limits; return them and how many could not be read."""
    count = len(document)
    if count > limits.PDF_PAGES:
        raise FileTooLarge(f"The PDF has more than {limits.PDF_PAGES:,} pages.")
    deadline = time.monotonic() + limits.PDF_SECONDS
    sheets: list[Sheet] = []
    broken = characters = 0
    for number in range(count):
        try:
            sheets.append(read_sheet(document, number, most_chars=limits.PDF_PAGE_CHARS))
        except pdfium.PdfiumError:
            broken += 1
            sheets.append(Sheet(width=0.0, height=0.0, lines=()))
        characters += sum(len(line.text) for line in sheets[-1].lines)
        if characters > limits.TEXT_CHARS:
            raise FileTooLarge(f"The text is longer than {limits.TEXT_CHARS:,} characters.")
        if time.monotonic() > deadline:
            raise FileTooLarge(f"The PDF takes more than {limits.PDF_SECONDS} seconds to read.")
    if broken == count:
        raise UnreadableFile("The PDF holds no page that can be read.")
    return sheets, broken


def _refuse_scans(sheets: list[Sheet]) -> None:
    letters = sum(c.isalnum() for sheet in sheets for line in sheet.lines for c in line.text)
    if letters == 0 or (len(sheets) > 3 and letters < LEAST_LETTERS_A_PAGE * len(sheets)):
        raise UnreadableFile(SCANNED)


def _said(metadata: dict[str, str], key: str) -> str:
    value = " ".join(CONTROLS.sub("", metadata.get(key) or "").split())[:500]
    value = PRINTED_FROM.sub(r"\1", value)
    return "" if value.casefold() in ("untitled", "unknown", "anonymous") else value


def _language(document: pdfium.PdfDocument) -> str:
    """Return the language the catalog names."""
    size = raw.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < size < 200:
        return ""
    buffer = (raw.FPDF_WCHAR * (size // 2))()
    raw.FPDFCatalog_GetLanguage(document, buffer, size)
    return iso_639_1("".join(chr(unit) for unit in buffer if unit))
