"""Turns: the speeches of a chapter in order, each with the narration that may tell its speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scriptwriter.prose.paragraphs import Layout, Paragraph
from scriptwriter.prose.phrases import Subject, acting
from scriptwriter.prose.tags import Tag, after, before
from scriptwriter.prose.types import Quote
from scriptwriter.prose.verbs import is_finite, is_speech
from scriptwriter.prose.words import first_sentence, last_sentence, words

# Narration looked at on either side of a speech, in characters.
REACH = 280
# After this much narration a conversation is over: who spoke before says nothing any more.
PAUSE = 1500
PAUSE_PARAGRAPHS = 4
# More narration than this behind a speech and its tag tells what happens next, and who speaks is open again.
TAIL = 100
ANSWERED = re.compile(
    r"\b(?:made no (?:answer|reply)|did ?(?:not|n't|n’t) (?:answer|reply)|(?:replied|answered|assented) that|nodded)\b"
    r"(?!.*\bbut\b)[^.!?]*[.!?]\s*$",
    re.DOTALL,
)


class Relation(StrEnum):
    """How a turn follows the one before."""

    FIRST = "first"  # of a conversation
    REPLY = "reply"  # a new paragraph, nothing told between
    TOLD = "told"  # a new paragraph after some narration
    SAME = "same"  # the same paragraph
    LOOSE = "loose"  # after some narration, in a text whose paragraphs are lost
    TAGGED = "tagged"  # the same after a closed tag only, the words before it not ended
    ASKED = "asked"  # the same after a question and its tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One speech. `beats` are the subjects of narration beside it: behind it, before it, further before.

    `beat_is_far`: the text has no paragraphs, so the narration behind may belong to another speech.
    `announced`: that narration ends with a verb of speaking ("Then Mary spoke.").
    `answered_above`: the narration before tells an answer ("Mr. Bennet made no answer."), so the other one speaks.
    """

    quotes: tuple[Quote, ...]
    relation: Relation
    tag: Tag | None
    tag_follows: bool
    beat_after: Subject | None
    beat_before: Subject | None
    beat_above: Subject | None
    beat_is_far: bool
    answered_above: bool
    announced: bool
    narration: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.quotes[0].outer_start

    @property
    def end(self) -> int:
        return self.quotes[-1].outer_end


def _is_joined(quote: Quote) -> bool:
    """Does the sentence go on behind the quotation?"""
    return quote.text.rstrip()[-1:] in (",", "!", "?", "-", "—", "–")


class Script:
    """Cuts the quotes of a text into turns."""

    def __init__(
        self, text: str, quotes: Sequence[Quote], blocks: Sequence[Paragraph], *, layout: Layout
    ) -> None:
        self.text, self.blocks = text, blocks
        self.quotes = [quote for quote in quotes if quote.is_speech]
        self.loose = layout is Layout.SENTENCES
        self._at = {quote.code: index for index, quote in enumerate(self.quotes)}

    def turns(self) -> list[Turn]:
        """Return the turns in order; quotes that share `Quote.turn` make one."""
        groups: list[list[Quote]] = []
        for quote in self.quotes:
            if groups and groups[-1][-1].turn == quote.turn:
                groups[-1].append(quote)
            else:
                groups.append([quote])
        return [
            self._turn(group, groups[at - 1] if at else None) for at, group in enumerate(groups)
        ]

    def _turn(self, group: Sequence[Quote], previous: Sequence[Quote] | None) -> Turn:
        tag, follows = self._tag(group)
        last, first = group[-1], group[0]
        left, right = self._gap_before(first), self._gap_after(last)
        above = self._gap_above(first) if left[0] == left[1] else None
        tagged_right = tag is not None and tag.start >= last.outer_end
        return Turn(
            quotes=tuple(group),
            relation=self._relation(first, previous[-1] if previous else None),
            tag=tag,
            tag_follows=follows,
            beat_after=None if tagged_right else self._beat(*right, leading=True),
            beat_before=self._beat(*left, leading=False),
            beat_above=self._beat(*above, leading=False) if above else None,
            beat_is_far=self.loose and last.text.rstrip()[-1:] not in (",", "-", "—"),
            answered_above=above is not None and ANSWERED.search(self.text, *above) is not None,
            announced=self._announces(above or left),
            narration=(left, right),
        )

    def _tag(self, group: Sequence[Quote]) -> tuple[Tag | None, bool]:
        """Find the tag behind the first quote, before it, or behind a later one."""
        for index, quote in enumerate(group):
            start, end = self._gap_after(quote)
            if end > start and (
                found := after(words(self.text, start, end), joined=_is_joined(quote))
            ):
                return found, True
            if not index and (found := self._tag_before(quote)):
                return found, False
        return None, False

    def _tag_before(self, quote: Quote) -> Tag | None:
        start, end = self._gap_before(quote)
        if end > start:
            return before(words(self.text, start, end))
        above = self._gap_above(quote)
        if above is None or self.text[above[0] : above[1]].rstrip()[-1:] not in (
            ":",
            ",",
            "—",
            "-",
        ):
            return None
        return before(words(self.text, *above))

    def _gap_after(self, quote: Quote) -> tuple[int, int]:
        index = self._at[quote.code] + 1
        end = min(self.blocks[quote.paragraph].end, quote.outer_end + REACH)
        if index < len(self.quotes):
            end = min(end, self.quotes[index].outer_start)
        return quote.outer_end, max(quote.outer_end, end)

    def _gap_before(self, quote: Quote) -> tuple[int, int]:
        index = self._at[quote.code] - 1
        start = max(self.blocks[quote.paragraph].start, quote.outer_start - REACH)
        if index >= 0:
            start = max(start, self.quotes[index].outer_end)
        return min(start, quote.outer_start), quote.outer_start

    def _gap_above(self, quote: Quote) -> tuple[int, int] | None:
        """The end of the paragraph before, as far as it is narration."""
        if not quote.paragraph:
            return None
        block = self.blocks[quote.paragraph - 1]
        start = max(block.start, block.end - REACH)
        index = self._at[quote.code] - 1
        if index >= 0 and self.quotes[index].outer_end > start:
            start = self._behind_tag(self.quotes[index], block.end)
        return (start, block.end) if start < block.end else None

    def _behind_tag(self, quote: Quote, end: int) -> int:
        """Where the narration behind a quotation begins, its tag with the rest of that sentence left out."""
        line = words(self.text, quote.outer_end, min(end, quote.outer_end + REACH))
        if after(line, joined=_is_joined(quote)) is None:
            return quote.outer_end
        return first_sentence(line)[-1].end

    def _beat(self, start: int, end: int, *, leading: bool) -> Subject | None:
        if end <= start:
            return None
        line = words(self.text, start, end)
        return acting(first_sentence(line) if leading else last_sentence(line))

    def _announces(self, gap: tuple[int, int]) -> bool:
        line = last_sentence(words(self.text, *gap))
        return any(is_speech(word.low, "") and is_finite(word.low, "") for word in line[-4:])

    def _relation(self, first: Quote, previous: Quote | None) -> Relation:
        if previous is None:
            return Relation.FIRST
        gap = self.text[previous.outer_end : first.outer_start]
        told = any(character.isalpha() for character in gap)
        if len(gap) > PAUSE or first.paragraph - previous.paragraph > PAUSE_PARAGRAPHS:
            return Relation.FIRST
        if not told:
            left_open = previous.outer_end == previous.end
            return Relation.LOOSE if left_open else Relation.REPLY
        if self.loose:
            return self._loose_relation(previous, gap)
        if first.paragraph == previous.paragraph:
            return Relation.SAME
        opens = self.blocks[first.paragraph].start == first.outer_start
        end = self.blocks[previous.paragraph].end
        lingers = end - self._behind_tag(previous, end) > TAIL
        if opens and first.paragraph == previous.paragraph + 1 and not lingers:
            return Relation.REPLY
        return Relation.TOLD

    def _loose_relation(self, previous: Quote, gap: str) -> Relation:
        line = words(self.text, previous.outer_end, previous.outer_end + min(len(gap), REACH))
        tag = after(line, joined=_is_joined(previous))
        if tag is None or len(first_sentence(line)) < len(line):
            return Relation.LOOSE
        ending = previous.text.rstrip()[-1:]
        return (
            Relation.TAGGED
            if ending == ","
            else Relation.ASKED
            if ending == "?"
            else Relation.LOOSE
        )
