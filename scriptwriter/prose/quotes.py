"""Quotations of a chapter: where they stand, which are speech, and which make up one turn."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from scriptwriter.prose.dashes import closed_by_tag, dash_spans, told_apart
from scriptwriter.prose.paragraphs import Paragraph, paragraphs
from scriptwriter.prose.plays import Speech, speeches_of
from scriptwriter.prose.spans import Span, spans
from scriptwriter.prose.tags import after, before
from scriptwriter.prose.types import Quote
from scriptwriter.prose.words import STOPS, Word, words

# Words looked at beside a quotation, in characters: a tag is shorter, and more would cost time.
REACH = 240
# Longer quotations without a stop are speech that runs on; shorter ones are words, titles, inscriptions.
TITLE_WORDS = 8
SCARE_WORDS = 5
WORDS = re.compile(r"\w")
ENDS = re.compile(r"[.,!?…;:—–]['’\"”)_*\s]*$|--\s*$")
CRIES = re.compile(r"[!?…][)_*\s]*$")
# Japanese writes no stop before the closing bracket, and sets titles in other ones.
UNSTOPPED = "「"
LEADS = ',:;—–-.!?…”"’»)]'


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """The narration on both sides of a quotation, inside its paragraph."""

    left: str
    right: str
    mark: str
    tag_after: bool
    tag_before: bool


def find_quotes(text: str) -> tuple[Quote, ...]:
    """Find the quotations of a normalized chapter, in order; nested ones belong to the outer one.

    A speech that goes on over paragraphs is one quote a paragraph, all with the same `turn`; so is a
    speech broken by its own tag. A quotation that is never closed ends with its paragraph. In a play the
    speeches are the quotes, one for each stretch between directions.
    """
    if speeches := speeches_of(text):
        return tuple(_of_play(text, speeches))
    blocks = paragraphs(text)
    dashed = dash_spans(text, blocks)
    taken = {span.paragraph for span in dashed}
    marked = [span for span in spans(text, blocks) if span.paragraph not in taken]
    found = [
        trimmed
        for span in (*dashed, *(part for span in marked for part in _parts(text, span, blocks)))
        if (trimmed := _trimmed(text, span)) is not None
    ]
    found.sort(key=lambda span: span.outer_start)
    return tuple(_numbered(text, found, blocks, taken))


def _of_play(text: str, speeches: Sequence[Speech]) -> Iterator[Quote]:
    starts = [block.start for block in paragraphs(text)]
    number = 0
    for turn, one in enumerate((one for one in speeches if one.spoken), start=1):
        for start, end in one.spoken:
            number += 1
            yield Quote(
                code=f"q{number}",
                start=start,
                end=end,
                outer_start=start,
                outer_end=end,
                text=text[start:end],
                paragraph=max(0, bisect_right(starts, start) - 1),
                turn=turn,
            )


def _parts(text: str, span: Span, blocks: Sequence[Paragraph]) -> list[Span]:
    """Take tags out of quotations that hold them: French ones, and those whose closing mark is lost."""
    if text[span.outer_start] == "«" and text[span.outer_end - 1] in "»":
        return told_apart(text, span)
    if not span.goes_on or _next_opens(text, span, blocks):
        return [span]
    return [closed_by_tag(text, span)]


def _next_opens(text: str, span: Span, blocks: Sequence[Paragraph]) -> bool:
    """Does the next paragraph open the same quotation again, and not one with a tag of its own?"""
    if span.paragraph + 1 == len(blocks):
        return False
    after_it = blocks[span.paragraph + 1]
    return text[after_it.start] == text[span.outer_start]


def _trimmed(text: str, span: Span) -> Span | None:
    """Leave the space inside the marks out; None where there is no word."""
    if not WORDS.search(text, span.start, span.end):
        return None
    body = text[span.start : span.end]
    start = span.start + len(body) - len(body.lstrip())
    return replace(span, start=start, end=start + len(body.strip()))


def _numbered(
    text: str, found: Sequence[Span], blocks: Sequence[Paragraph], taken: Set[int]
) -> Iterator[Quote]:
    """Judge each span and count the turns; `taken` are the paragraphs of dash dialogue."""
    turn = 0
    previous: Span | None = None
    spoke = False
    for index, span in enumerate(found):
        block = blocks[span.paragraph]
        low = previous.outer_end if previous and previous.paragraph == span.paragraph else None
        high = found[index + 1].outer_start if index + 1 < len(found) else len(text)
        body = text[span.start : span.end]
        speech = span.paragraph in taken or _is_speech(
            body, _sides(text, span, block, low=low, high=high)
        )
        joins = previous is not None and (low is not None or span.paragraph not in taken)
        if not (
            joins and spoke and speech and previous and _same_turn(text, previous, span, block)
        ):
            turn += 1
        yield Quote(
            code=f"q{index + 1}",
            start=span.start,
            end=span.end,
            outer_start=span.outer_start,
            outer_end=span.outer_end,
            text=body,
            paragraph=span.paragraph,
            turn=turn,
            is_speech=speech,
        )
        previous, spoke = span, speech


def _sides(text: str, span: Span, block: Paragraph, *, low: int | None, high: int) -> _Sides:
    start = max(block.start if low is None else low, span.outer_start - REACH)
    end = min(block.end, high, span.outer_end + REACH)
    left, right = text[start : span.outer_start].rstrip(), text[span.outer_end : end].lstrip()
    if not left and low is not None:
        left = text[low - 1]
    body = text[span.start : span.end].rstrip()
    return _Sides(
        left=left,
        right=right,
        mark=text[span.outer_start],
        tag_after=after(words(text, span.outer_end, end), joined=body[-1:] in ",!?-—") is not None,
        tag_before=before(words(text, start, span.outer_start)) is not None,
    )


def _is_speech(body: str, sides: _Sides) -> bool:
    """Tell speech from quoted words: by stops, tags and the place in the sentence."""
    count = len(body.split())
    stopped = ENDS.search(body) is not None
    if sides.mark in UNSTOPPED:
        return True
    if sides.tag_after and (stopped or not sides.left):
        return True
    if sides.tag_before and (stopped or count > SCARE_WORDS or sides.left[-1:] in ",:"):
        return True
    if sides.left and sides.left[-1] not in LEADS:
        return _is_quoted_sentence(body, sides, count, stopped=stopped)
    if stopped:
        return not _is_listed_word(body, sides, count)
    if sides.tag_after or count > TITLE_WORDS:
        return True
    return not sides.right and not sides.left and not body.isupper()


def _is_listed_word(body: str, sides: _Sides, count: int) -> bool:
    """`the names "Tom," "Dick," and "Harry" were`: a comma that the sentence wants, not the speech."""
    if not body.rstrip().endswith((",", ";")) or count > SCARE_WORDS or not sides.left:
        return False
    return sides.right[:1].islower() and not sides.left.endswith((":", ".", "!", "?"))


def _is_quoted_sentence(body: str, sides: _Sides, count: int, *, stopped: bool) -> bool:
    """In the middle of a sentence (`he called it "a bargain"`) only a sentence of its own is speech."""
    if count <= SCARE_WORDS:
        cried = CRIES.search(body) is not None and body[:1].isupper()
        return cried and sides.left.rsplit(None, 1)[-1].lower() not in ("the", "a", "an", "of")
    return stopped and (body[:1].isupper() or count > TITLE_WORDS)


def _same_turn(text: str, previous: Span, span: Span, block: Paragraph) -> bool:
    if previous.goes_on and span.paragraph == previous.paragraph + 1:
        return not _has_own_tag(text, span, block.end)
    if previous.paragraph != span.paragraph:
        return False
    gap = words(text, previous.outer_end, min(span.outer_start, previous.outer_end + 2 * REACH))
    if gap and gap[-1].text in STOPS and _has_own_tag(text, span, block.end):
        return False
    return _is_one_tag(gap, text[previous.start : previous.end].rstrip()[-1:])


def _has_own_tag(text: str, span: Span, end: int) -> bool:
    """A tag behind it makes a speech that looks continued another one: the mark before was forgotten."""
    if span.goes_on:
        return False
    gap = words(text, span.outer_end, min(end, span.outer_end + REACH))
    ending = text[span.start : span.end].rstrip()[-1:]
    return after(gap, joined=ending in ",!?-—") is not None


def _is_one_tag(gap: Sequence[Word], ending: str) -> bool:
    """Is the narration between two quotations one tag, so that they are one broken speech?"""
    tag = after(gap, joined=ending in ",!?-—")
    if tag is None:
        return bool(gap) and not any(word.is_word for word in gap) and ending in ",-—"
    rest = [word for word in gap if word.start >= tag.end]
    stops = sum(word.text in (".", "!", "?") for word in rest[:-1])
    return stops == 0 and (before(rest) is None)
