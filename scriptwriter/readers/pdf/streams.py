"""Look for bombs in a PDF before pdfium unpacks them: each page stream is inflated, counted."""

from __future__ import annotations

import re
import zlib

from scriptwriter.readers import limits
from storyforge.core.errors import FileTooLarge

STREAM = re.compile(rb"stream\r?\n")
FLATE = re.compile(rb"/Fl(?:ate)?(?:Decode)?\b")
# Pictures may unpack to any size: white paper packs 1,000 to 1. Reading text never unpacks them.
PICTURE = re.compile(rb"/Subtype\s*/Image")
DICTIONARY_BYTES = 2048
STEP = 1 << 20


def refuse_bombs(data: bytes) -> None:
    """Raise FileTooLarge when a packed stream, pictures apart, exceeds the limit."""
    for mark in STREAM.finditer(data):
        head = data[max(mark.start() - DICTIONARY_BYTES, 0) : mark.start()]
        dictionary = head[head.rfind(b" obj") + 1 :]
        if FLATE.search(dictionary) and not PICTURE.search(dictionary):
            _measure(data, mark.end())


def _measure(data: bytes, start: int) -> None:
    unpacker = zlib.decompressobj()
    size = 0
    at = start
    try:
        while not unpacker.eof and (unpacker.unconsumed_tail or at < len(data)):
            piece = unpacker.unconsumed_tail
            if not piece:
                piece = data[at : at + STEP]
                at += STEP
            size += len(unpacker.decompress(piece, STEP))
            if size > limits.PDF_STREAM_BYTES:
                limit = limits.megabytes(limits.PDF_STREAM_BYTES)
                raise FileTooLarge(f"A part of the PDF unpacks to more than {limit}.")
    except zlib.error:
        return  # damaged or encrypted; pdfium stops at the same place
