"""Quotations of a chapter: where they stand, which are speech, and which make up one turn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scriptwriter.prose.dashes import dash_spans
from scriptwriter.prose.paragraphs import Paragraph, paragraphs
from scriptwriter.prose.spans import Span, spans
from scriptwriter.prose.tags import after, before
from scriptwriter.prose.types import Quote
from scriptwriter.prose.words import Word, words

# Words looked at beside a quotation, in characters: a tag is shorter, and more would cost time.
REACH = 240
# Longer quotations without a stop are speech that runs on; shorter ones are words, titles, inscriptions.
TITLE_WORDS = 8
SCARE_WORDS = 5
WORDS = re.compile(r"\w")
ENDS = re.compile(r"[.,!?…;:—–]['’\"”)_*\s]*$|--\s*$")
CRIES = re.compile(r"[!?…][)_*\s]*$")
LEADS = ',:;—–-.!?…”"’»)]'


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """The narration on both sides of a quotation, inside its paragraph."""

    left: str
    right: str
    tag_after: bool
    tag_before: bool


def find_quotes(text: str) -> tuple[Quote, ...]:
    """Find the quotations of a normalized chapter, in order; nested ones belong to the outer one.

    A speech that goes on over paragraphs is one quote a paragraph, all with the same `turn`; so is a
    speech broken by its own tag. A quotation that is never closed ends with its paragraph.
    """
    blocks = paragraphs(text)
    dashed = dash_spans(text, blocks)
    taken = {span.paragraph for span in dashed}
    marked = [span for span in spans(text, blocks) if span.paragraph not in taken]
    found = [span for span in (*marked, *dashed) if WORDS.search(text, span.start, span.end)]
    found.sort(key=lambda span: span.outer_start)
    quotes: list[Quote] = []
    turn = 0
    for index, span in enumerate(found):
        previous = found[index - 1] if index else None
        low = previous.outer_end if previous and previous.paragraph == span.paragraph else None
        high = found[index + 1].outer_start if index + 1 < len(found) else len(text)
        sides = _sides(text, span, blocks[span.paragraph], low=low, high=high)
        speech = span.paragraph in taken or _is_speech(text[span.start : span.end], sides)
        if not (previous and quotes[-1].is_speech and speech and _same_turn(text, previous, span)):
            turn += 1
        quotes.append(
            Quote(
                code=f"q{index + 1}",
                start=span.start,
                end=span.end,
                outer_start=span.outer_start,
                outer_end=span.outer_end,
                text=text[span.start : span.end],
                paragraph=span.paragraph,
                turn=turn,
                is_speech=speech,
            )
        )
    return tuple(quotes)


def _sides(text: str, span: Span, block: Paragraph, *, low: int | None, high: int) -> _Sides:
    start = max(block.start if low is None else low, span.outer_start - REACH)
    end = min(block.end, high, span.outer_end + REACH)
    left, right = text[start : span.outer_start], text[span.outer_end : end]
    body = text[span.start : span.end].rstrip()
    return _Sides(
        left=left.rstrip(),
        right=right.lstrip(),
        tag_after=after(words(text, span.outer_end, end), joined=body[-1:] in ",!?-—") is not None,
        tag_before=before(words(text, start, span.outer_start)) is not None,
    )


def _is_speech(body: str, sides: _Sides) -> bool:
    """Tell speech from quoted words: by stops, tags and the place in the sentence."""
    count = len(body.split())
    stopped = ENDS.search(body) is not None
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


def _same_turn(text: str, previous: Span, span: Span) -> bool:
    if previous.goes_on and span.paragraph == previous.paragraph + 1:
        return not _has_own_tag(text, span)
    if previous.paragraph != span.paragraph:
        return False
    gap = words(text, previous.outer_end, min(span.outer_start, previous.outer_end + 2 * REACH))
    return _is_one_tag(gap, text[previous.start : previous.end].rstrip()[-1:])


def _has_own_tag(text: str, span: Span) -> bool:
    """A tag behind it makes a speech that looks continued another one: the mark before was forgotten."""
    gap = words(text, span.outer_end, min(len(text), span.outer_end + REACH))
    ending = text[span.start : span.end].rstrip()[-1:]
    return span.outer_end > span.end and after(gap, joined=ending in ",!?-—") is not None


def _is_one_tag(gap: Sequence[Word], ending: str) -> bool:
    """Is the narration between two quotations one tag, so that they are one broken speech?"""
    tag = after(gap, joined=ending in ",!?-—")
    if tag is None:
        return bool(gap) and not any(word.is_word for word in gap) and ending in ",-—"
    rest = [word for word in gap if word.start >= tag.end]
    stops = sum(word.text in (".", "!", "?") for word in rest[:-1])
    return stops == 0 and (before(rest) is None)
