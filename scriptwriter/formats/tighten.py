"""A leaner take of a script by rules: speech untouched, action down to what moves."""

from __future__ import annotations

import re
from dataclasses import replace

from scriptwriter.formats.elements import Document, Element, Kind

LONGEST_ACTION = 60  # words; a page of script wants short blocks
_SENTENCE = re.compile(r"(?<=[.!?…])[”’\"')]*\s+")


def tighten(document: Document) -> Document:
    """The same scene with long action cut into blocks of at most about 60 words, notes dropped.

    No word of action or dialogue is lost: a block ends only at a sentence end.
    """
    elements: list[Element] = []
    for element in document.elements:
        if element.kind == Kind.NOTE:
            continue
        if element.kind == Kind.ACTION:
            elements += [replace(element, text=b, raw=None) for b in _blocks(element.text)]
        else:
            elements.append(replace(element, raw=None))
    return Document(title_page=document.title_page, elements=tuple(elements))


def _blocks(text: str) -> list[str]:
    blocks: list[str] = []
    at = 0
    ends = [m.end() for m in _SENTENCE.finditer(text)] + [len(text)]
    start = 0
    for end in ends:
        if start < at and len(text[start:end].split()) > LONGEST_ACTION:
            blocks.append(text[start:at].strip())
            start = at
        at = end
    blocks.append(text[start:].strip())
    return [block for block in blocks if block]
