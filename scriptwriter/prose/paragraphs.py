"""Paragraphs of a normalized text, whatever way its lines were laid out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

# A line of a hard-wrapped text is full when the next line's first word would not have fitted. Ragged
# wrapping and verse leave some lines short, so a clear majority is enough.
WRAPPED_SHARE = 0.6
WRAPPED_WIDTH = 120
# Two words of three in running text are lower case; where lines are sentences or verses, few begin so.
RUNNING_SHARE = 0.5
# Hard-wrapped books with blank lines average well under ten lines a block; longer ones have lost them.
LONG_BLOCK_LINES = 25
# Verse, letters and signatures put line breaks into texts whose paragraphs are blocks.
STRAY_BREAKS_PER_BLOCK = 0.3
# Lines that only close a quotation, or begin in lower case, are rare where lines are paragraphs.
SPLIT_SENTENCES_SHARE = 0.03

OPENS_DOUBLE = re.compile(r"[\"“«»„「『]|``")
OPENS_SINGLE = re.compile(r"[‘‚]|'(?=[^\W\d_]|\s)")
CLOSES_LINE = re.compile(r"[\"”»“」』]$|''$|[.,!?—…-]\s?['’]$")
OPENER = re.compile(r"(?:^|[\s(—-])(?:[\"“„«「『]|[‘'](?=\S|\s))")
ENDS_SENTENCE = re.compile(r"[.!?…][\"”’'»)]*$")


class Layout(StrEnum):
    """How a text shows its paragraphs."""

    BLOCKS = "blocks"  # blank lines between them, lines wrapped or not
    LINES = "lines"  # one line each
    WRAPPED = "wrapped"  # wrapped lines without blank lines: indents and short lines tell
    SENTENCES = "sentences"  # one sentence a line: paragraphs are lost and only guessed


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """`start:end` covers the words, without the white space around them."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    words: str


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Cut a normalized text (line ends are "\\n") into paragraphs, in order and without overlap."""
    blocks = _blocks(text)
    kind = _layout(blocks)
    if kind is Layout.BLOCKS:
        groups = blocks
    elif kind is Layout.LINES:
        groups = [[line] for block in blocks for line in block]
    elif kind is Layout.WRAPPED:
        groups = [part for block in blocks for part in _by_indent(block)]
    else:
        groups = [part for block in blocks for part in _by_opening(block)]
    return tuple(Paragraph(start=group[0].start, end=group[-1].end) for group in groups)


def layout(text: str) -> Layout:
    """Tell how a normalized text shows its paragraphs."""
    return _layout(_blocks(text))


def _blocks(text: str) -> list[list[_Line]]:
    blocks: list[list[_Line]] = [[]]
    position = 0
    for raw in text.split("\n"):
        words = raw.strip()
        if words:
            indent = len(raw) - len(raw.lstrip())
            start = position + indent
            blocks[-1].append(
                _Line(start=start, end=start + len(words), indent=indent, words=words)
            )
        elif blocks[-1]:
            blocks.append([])
        position += len(raw) + 1
    return blocks if blocks[-1] else blocks[:-1]


def _layout(blocks: Sequence[Sequence[_Line]]) -> Layout:
    joints = sum(len(block) - 1 for block in blocks)
    if joints <= STRAY_BREAKS_PER_BLOCK * len(blocks):
        return Layout.BLOCKS
    if _is_wrapped(blocks, joints):
        lost = joints + len(blocks) > LONG_BLOCK_LINES * len(blocks)
        return Layout.WRAPPED if lost else Layout.BLOCKS
    return Layout.SENTENCES if _splits_sentences(blocks) else Layout.LINES


def _is_wrapped(blocks: Sequence[Sequence[_Line]], joints: int) -> bool:
    """Lines are full, or sentences run over them (hand-set lines are ragged)."""
    widths = sorted(len(line.words) + line.indent for block in blocks for line in block)
    width = widths[int(len(widths) * 0.95)] if len(widths) >= 20 else widths[-1]
    full = running = 0
    for block in blocks:
        for line, after in pairwise(block):
            word = after.words.split(None, 1)[0]
            full += line.indent + len(line.words) + 1 + len(word) > width - 2
            running += word[0].islower()
    if running >= RUNNING_SHARE * joints:
        return True
    return width <= WRAPPED_WIDTH and full >= WRAPPED_SHARE * joints


def _splits_sentences(blocks: Sequence[Sequence[_Line]]) -> bool:
    lines = [line.words for block in blocks for line in block]
    if sum(" ," in line for line in lines) * 2 > sum("," in line for line in lines):
        return True
    torn = sum(
        line[0].islower()
        or (CLOSES_LINE.search(line) is not None and OPENER.search(line[:-1]) is None)
        for line in lines
    )
    return torn >= 2 and torn >= SPLIT_SENTENCES_SHARE * len(lines)


def _by_indent(block: Sequence[_Line]) -> list[list[_Line]]:
    width = max(len(line.words) + line.indent for line in block)
    parts = [[block[0]]]
    for before, line in pairwise(block):
        short = len(before.words) < 0.75 * width and ENDS_SENTENCE.search(before.words)
        if line.indent > before.indent + 1 or (short and not line.words[0].islower()):
            parts.append([])
        parts[-1].append(line)
    return parts


def _by_opening(block: Sequence[_Line]) -> list[list[_Line]]:
    """A guess: a new paragraph where a line opens a quotation that the line before did not introduce."""
    double = sum(OPENS_DOUBLE.match(line.words) is not None for line in block)
    single = sum(OPENS_SINGLE.match(line.words) is not None for line in block)
    opens = OPENS_DOUBLE if double >= single else OPENS_SINGLE
    parts = [[block[0]]]
    for before, line in pairwise(block):
        if opens.match(line.words) and before.words[-1] not in ",:;—-":
            parts.append([])
        parts[-1].append(line)
    return parts
