"""A leaner take of a script by rules: speech untouched, action down to what moves."""

from __future__ import annotations

import re
from dataclasses import replace

from scriptwriter.formats.elements import Document, Element, Kind

LONGEST_ACTION = 55  # words, about five lines; a page of script wants short blocks
# A sentence ends before a capital, a digit or a mark that opens one, but not behind "Mr." or an initial.
_SENTENCE = re.compile(
    r"(?<![^\w][A-Z])(?<!\b(?:Mr|Dr|St|No|Co))(?<!\b(?:Mrs|Rev|Hon|Col|Gen|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Oct|Nov|Dec))"
    r"(?<!\b(?:Capt|Prof|Sept))(?<!\bLieut)(?<!\bMessrs)[.!?…][”’\"')]*\s+(?=[A-ZÀ-Þ0-9“‘\"'(_])"
)


def tighten(document: Document) -> Document:
    """The same scene with long action cut into blocks of at most about 55 words, notes dropped.

    No word of action or dialogue is lost: a block ends only at a sentence end.
    """
    elements: list[Element] = []
    for element in document.elements:
        if element.kind == Kind.NOTE:
            continue
        if element.kind == Kind.ACTION:
            elements += [replace(element, text=b, raw=None) for b in blocks_of(element.text)]
        else:
            elements.append(replace(element, raw=None))
    return Document(title_page=document.title_page, elements=tuple(elements))


def blocks_of(text: str, longest: int = LONGEST_ACTION) -> list[str]:
    """`text` in blocks of about even length, at most `longest` words where its sentences allow it.

    Blocks end only at sentence ends; joined by a space they are the text again.
    """
    count = len(text.split())
    if count <= longest:
        return [text] if text.strip() else []
    even = count / -(-count // longest)
    blocks: list[str] = []
    start = at = 0
    for end in [*(match.end() for match in _SENTENCE.finditer(text)), len(text)]:
        size, shorter = len(text[start:end].split()), len(text[start:at].split())
        if start < at and (size > longest or size - even > even - shorter):
            blocks.append(text[start:at].strip())
            start = at
        at = end
    return [*blocks, text[start:].strip()]
