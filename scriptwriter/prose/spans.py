"""Stretches between quotation marks, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scriptwriter.prose.marks import Family, Habits, Mark, habits_of, marks
from scriptwriter.prose.nouns import SUBJECTS
from scriptwriter.prose.paragraphs import Paragraph
from scriptwriter.prose.verbs import is_sure

# A quoted poem or letter may run over some paragraphs without marks of its own before it closes.
CARRY_PARAGRAPHS = 12
# 'word' and the boys' house: a closing mark without a stop before it is believed for short quotations only.
SCARE_WORDS = 6
# Quotations inside quotations go no deeper in print; hostile text must not cost more.
DEEPEST = 4
INCHES = re.compile(r"\d$")
# goin', an', o', th', wi', mus', the boys': the apostrophe belongs to the word.
DROPPED = re.compile(r"(?:[a-z]in|\b(?:an|o|th|wi|ol|t|d|mus|las|jus|bes)|s)\s?$", re.IGNORECASE)
AFTER_STOP = re.compile(r"\s?[;:.,!?)]")
NEXT_WORDS = re.compile(r"\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A quotation within one paragraph. `goes_on` says that its closing mark is not in it."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    goes_on: bool = False


def spans(text: str, blocks: Sequence[Paragraph]) -> list[Span]:
    """Find the outermost quotations of a text; nested ones are part of them."""
    habits = habits_of(text)
    listed = [marks(text, block.start, block.end, habits) for block in blocks]
    habits = replace(habits, single=_speaks_in_singles(listed, text))
    found: list[Span] = []
    carried: Mark | None = None
    for number, block in enumerate(blocks):
        scan = _Paragraph(text, block, number, marks=listed[number], habits=habits)
        found.extend(scan.spans(carried))
        carried = scan.open if scan.open and _is_carried(scan.open, listed, number) else None
    return found


def _speaks_in_singles(listed: Sequence[Sequence[Mark]], text: str) -> bool:
    """Single marks are the speech marks where more of them open and close than double ones."""
    single = double = 0
    for line in listed:
        for mark in line:
            if mark.family is not Family.SINGLE:
                double += mark.role != "close"
            elif (
                mark.role != "open"
                and mark.after_stop
                and not text[mark.end : mark.end + 1].isalpha()
            ):
                single += 1
    return single > double


def _is_carried(opened: Mark, listed: Sequence[Sequence[Mark]], number: int) -> bool:
    """Does the quotation left open in a paragraph close in a later one that does not open it again?"""
    single = opened.family is Family.SINGLE
    for line in listed[number + 1 : number + 1 + CARRY_PARAGRAPHS]:
        for mark in line:
            if mark.family is opened.family and not (
                single and mark.role == "close" and not mark.after_stop
            ):
                return mark.role == "close"
    return False


class _Paragraph:
    """One pass over the marks of one paragraph; `open` is the mark left open at its end."""

    def __init__(
        self, text: str, block: Paragraph, number: int, *, marks: list[Mark], habits: Habits
    ) -> None:
        self.text, self.block, self.number = text, block, number
        self.marks, self.habits = marks, habits
        self.open: Mark | None = None
        self._stops = self._next_stops()
        self._closers = self._closers_left()
        self._only_singles = all(mark.family is Family.SINGLE for mark in marks)

    def spans(self, carried: Mark | None) -> Iterator[Span]:
        """Yield the quotations from left to right; `carried` is still open from the paragraph before."""
        at = 0
        if carried:
            close = self._close(carried, -1)
            yield self._span(None, close)
            if close is None:
                self.open = carried
                return
            at = close + 1
        elif (first := self._missing_opener()) is not None:
            yield self._span(None, first)
            at = first + 1
        while at < len(self.marks):
            mark = self.marks[at]
            if not self._opens(mark):
                at += 1
                continue
            close = self._close(mark, at)
            if close is None and mark.family is Family.SINGLE and not self._runs_on(mark):
                at += 1
                continue
            stop = self._restart(mark, at) if close is None else None
            if close is None and stop is None:
                self.open = mark
            yield self._span(mark, close, stop)
            at = (close + 1) if close is not None else stop if stop is not None else len(self.marks)

    def _opens(self, mark: Mark) -> bool:
        if mark.role == "close" or self.text[max(0, mark.start - 1) : mark.start].isdigit():
            return False
        if mark.family is not Family.SINGLE or self.habits.single:
            return True
        return self._stands_like_speech(mark)

    def _stands_like_speech(self, mark: Mark) -> bool:
        """In a book that speaks in double marks, single ones count at a paragraph's start or after , : or —."""
        return self._only_singles and self._before(mark) in ("", ",", ":", "—", "-")

    def _before(self, mark: Mark) -> str:
        """The last character before a mark that is no space, "" at the start of the paragraph."""
        at = mark.start - 1
        while at >= self.block.start and self.text[at].isspace():
            at -= 1
        return self.text[at] if at >= self.block.start else ""

    def _close(self, opened: Mark, at: int) -> int | None:
        if opened.family is Family.SINGLE:
            return self._close_single(opened, at)
        depth = 0
        for index in range(at + 1, len(self.marks)):
            mark = self.marks[index]
            if mark.family is not opened.family:
                continue
            if mark.role == "close" or (mark.role == "either" and mark.glyph != "„"):
                if not depth:
                    return index
                depth -= 1
            elif opened.family in (Family.GUILLEMET, Family.CORNER) or self._is_nested(index):
                depth += 1
                if depth > DEEPEST:
                    return None
            elif self._is_misplaced_close(index, opened):
                return index
            else:
                return None
        return None

    def _is_nested(self, index: int) -> bool:
        """“the “Spectator,” and”: an opener while open is nested when the closers left suffice for both."""
        return self.marks[index].glyph != '"' and self._closers[index] > 0

    def _is_misplaced_close(self, index: int, opened: Mark) -> bool:
        """`"Hello, "he said, "yes."`: an opener while open closes if another opener, or nothing, follows."""
        if self.marks[index].glyph != '"':
            return False
        rest = [m for m in self.marks[index + 1 : index + 2] if m.family is opened.family]
        return not rest or rest[0].role == "open"

    def _restart(self, opened: Mark, at: int) -> int | None:
        """The next opener of the family: there the unclosed quotation is given up."""
        for index in range(at + 1, len(self.marks)):
            mark = self.marks[index]
            if (
                mark.family is opened.family
                and mark.role == "open"
                and mark.family is not Family.SINGLE
            ):
                return index
        return None

    def _closers_left(self) -> list[int]:
        """For each mark, how many more double marks close than open from there on."""
        left = [0] * (len(self.marks) + 1)
        for index in range(len(self.marks) - 1, -1, -1):
            mark = self.marks[index]
            double = mark.family is Family.DOUBLE
            left[index] = left[index + 1] + double * (
                (mark.role == "close") - (mark.role == "open")
            )
        return left

    def _next_stops(self) -> list[int | None]:
        """For each mark the next single one, itself included, that surely closes."""
        stops: list[int | None] = [None] * (len(self.marks) + 1)
        for index in range(len(self.marks) - 1, -1, -1):
            mark = self.marks[index]
            sure = (
                mark.family is Family.SINGLE and mark.role != "open" and self._surely_closes(mark)
            )
            stops[index] = index if sure else stops[index + 1]
        return stops

    def _surely_closes(self, mark: Mark) -> bool:
        """A stop before the mark, or one behind it where no dropped letter or plural explains the mark."""
        if mark.after_stop:
            return True
        following = NEXT_WORDS.match(self.text, mark.end, self.block.end)
        if following and (
            is_sure(following[1]) or (following[1] in SUBJECTS and is_sure(following[2] or ""))
        ):
            return True
        word = DROPPED.search(self.text, max(self.block.start, mark.start - 12), mark.start)
        return word is None and AFTER_STOP.match(self.text, mark.end, self.block.end) is not None

    def _close_single(self, opened: Mark, at: int) -> int | None:
        sure = self._stops[at + 1]
        if not self.habits.single:
            return sure
        for index in range(at + 1, sure if sure is not None else len(self.marks)):
            mark = self.marks[index]
            if mark.family is not Family.SINGLE or mark.role == "open":
                continue
            near = self.text[opened.end : mark.start].count(" ") < SCARE_WORDS
            if near and not self._starts_speech(opened):
                return index
            break
        return sure

    def _starts_speech(self, mark: Mark) -> bool:
        return self._before(mark) in ("", *",:;.!?—–-…")

    def _runs_on(self, mark: Mark) -> bool:
        return self.habits.single and self._starts_speech(mark) and mark.glyph in ("‘", "'", "‚")

    def _missing_opener(self) -> int | None:
        """`Hello," said he.`: a first mark that closes, after a stop, in a paragraph that opens nothing."""
        if not self.marks or self.marks[0].family is not Family.DOUBLE:
            return None
        first = self.marks[0]
        stops = self.text[first.start - 1 : first.start] in (",", ".", "!", "?")
        whole = first.end == self.block.end or self.text[first.end : first.end + 1] == " "
        lost = first.role == "close" and stops and whole and first.start > self.block.start
        return 0 if lost and not INCHES.search(self.text[: first.start][-1:]) else None

    def _span(self, opened: Mark | None, close: int | None, stop: int | None = None) -> Span:
        outer_start = opened.start if opened else self.block.start
        start = opened.end if opened else self.block.start
        if close is not None:
            end, outer_end = self.marks[close].start, self.marks[close].end
        else:
            limit = self.marks[stop].start if stop is not None else self.block.end
            end = outer_end = start + len(self.text[start:limit].rstrip())
        return Span(
            start=start,
            end=end,
            outer_start=outer_start,
            outer_end=outer_end,
            paragraph=self.number,
            goes_on=close is None and stop is None,
        )
