"""Limits of the readers, each with its reason; over one of them a typed error names it."""

from __future__ import annotations

MIB = 1 << 20

# Uploads. A long novel is 1-2 MB of text; a picture-heavy EPUB reaches tens of MB.
TEXT_FILE_BYTES = 10 * MIB
BOOK_FILE_BYTES = 50 * MIB

# Decoded text. "War and Peace" has 3.2 million characters.
TEXT_CHARS = 5_000_000

# ZIP containers (EPUB, DOCX). A 308 KB EPUB of one repeated byte asked for 619 MB before these.
ZIP_ENTRIES = 2_000
ZIP_DIRECTORY_BYTES = 4 * MIB
ZIP_MEMBER_BYTES = 32 * MIB
ZIP_TOTAL_BYTES = 64 * MIB
ZIP_RATIO = 100
ZIP_RATIO_FROM_BYTES = 1 * MIB

# One XML part: lxml trees take about ten times the bytes of the file.
XML_PART_BYTES = 20 * MIB

# PDF. A page tree may claim any number of pages; extraction runs at hundreds of pages a second.
PDF_PAGES = 2_000
PDF_SECONDS = 60
PDF_STREAM_BYTES = 32 * MIB
PDF_PAGE_CHARS = 200_000

# The child process that reads; its other limits are in `storyforge.core`.
CHILD_SECONDS = 20


def megabytes(count: int) -> str:
    """Say a number of bytes as a person would: "10 MB"."""
    return f"{count // MIB} MB"
