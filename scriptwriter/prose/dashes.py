"""Dialogue that stands behind a dash: "— Hello, he said. — Good day."."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scriptwriter.prose.paragraphs import Paragraph
from scriptwriter.prose.spans import Span
from scriptwriter.prose.tags import after
from scriptwriter.prose.verbs import FRENCH
from scriptwriter.prose.wordlist import wordlist
from scriptwriter.prose.words import Word, sentence_end, words

# Fewer paragraphs with a dash are more likely the source of a motto or an interrupted sentence.
LEAST = 3
DASH = re.compile(r"(?:[—–―‒]|--|-(?=[ \t]))[ \t]*(?=[^\s—–―‒-])")
INNER = re.compile(r"(?<=[\s,.!?…])(?:[—–―‒]|--)(?=\s*\S)")
DASHED = re.compile(r"\s*(?:[—–―‒]|--)")
PAUSE = re.compile(r"[,.!?…;:]+\s+")
STOPS = ".!?…"
MARKED = re.compile(r"[\"“”„‘]|«(?!\s*$)")
DASHES = " \t\n—–―‒-"
CLOSING = " \t\n»"
# Somebody who speaks says so sooner or later; narration rarely uses these words.
SPOKEN = frozenset(
    wordlist(
        "i you your yours me my mine we us our ours don't can't won't isn't let's yes no oh ah o please "
        "i'm i'll i've you're you'll je tu vous moi ich du wir yo tú usted"
    )
)
SPANISH = re.compile(r"[¿¡]")


def dash_spans(text: str, blocks: Sequence[Paragraph]) -> list[Span]:
    """Find the speeches of paragraphs that open with a dash, where a text makes a habit of it."""
    openings = [
        (number, DASH.match(text, block.start, block.end)) for number, block in enumerate(blocks)
    ]
    speaking = [
        (number, match) for number, match in openings if match and _is_spoken(text, blocks[number])
    ]
    if len(speaking) < LEAST:
        return []
    found = []
    for number, match in speaking:
        block = blocks[number]
        end = block.start + len(text[block.start : block.end].rstrip(CLOSING))
        cuts = _speech(text, match.end(), end)
        for index, (start, stop) in enumerate(cuts):
            opened = match.start() if not index else start
            found.append(
                Span(start=start, end=stop, outer_start=opened, outer_end=stop, paragraph=number)
            )
    return found


def told_apart(text: str, span: Span) -> list[Span]:
    """Cut the tags out of a French quotation, which keeps them inside: « Bonjour, dit-il. Entrez. »."""
    cuts = _speech(text, span.start, span.end, closed=True)
    gaps = zip(cuts, [*cuts[1:], (span.end, span.end)], strict=True)
    told = [words(text, before[1], after_it[0]) for before, after_it in gaps]
    if not any(word.low in FRENCH for line in told for word in line):
        return [span]
    last = len(cuts) - 1
    return [
        replace(
            span,
            start=start,
            end=stop,
            outer_start=start if at else span.outer_start,
            outer_end=span.outer_end if at == last and stop == span.end else stop,
            goes_on=span.goes_on and at == last,
        )
        for at, (start, stop) in enumerate(cuts)
    ]


def closed_by_tag(text: str, span: Span) -> Span:
    """End a quotation without closing mark before the tag that ends its paragraph ("... going, said Ann.")."""
    told = _told(text, span.start, span.end)
    if told is None or text[told[1] : span.end].strip():
        return span
    end = told[0] - len(text[span.start : told[0]]) + len(text[span.start : told[0]].rstrip())
    return replace(span, end=end, outer_end=end, goes_on=False)


def _is_spoken(text: str, block: Paragraph) -> bool:
    """Mottoes ("—Shakespeare") have no stop; a paragraph with quotation marks has its own way of speaking."""
    body = text[block.start : block.end]
    return not MARKED.search(body) and any(stop in body for stop in (*STOPS, ","))


def _speech(text: str, start: int, end: int, *, closed: bool = False) -> list[tuple[int, int]]:
    """Cut what is said in `start:end` from what is told.

    `closed` says that all but the tags is speech, for a mark will close it.
    """
    pieces: list[tuple[int, int]] = []
    begin = start
    while begin < end:
        told = _told(text, begin, end)
        stop = told[0] if told else end
        stop = begin + len(text[begin:stop].rstrip(DASHES))
        if stop > begin:
            pieces.append((begin, stop))
        if told is None or not (_goes_on(text, told, end) or (closed and told[1] < end)):
            break
        begin = (
            told[1] + len(text[told[1] : end]) - len(text[told[1] : end].lstrip(DASHES + ".,;:"))
        )
    return pieces


def _told(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """The first stretch of narration: between dashes, or a tag behind a pause."""
    for match in PAUSE.finditer(text, begin, end):
        line = words(text, match.end(), min(end, match.end() + 160))
        while line and line[0].text in ("—", "–", "―", "--", "‒", "-"):
            line = line[1:]
        if not line:
            continue
        tag = after(line, joined=match[0].strip() in ("!", "?", "…", "--"))
        dashed = INNER.match(text, match.end())
        if tag is not None or (dashed and line[0].text[0].islower()):
            return match.end(), _told_end(text, line, end, tag.end if tag else 0)
    return _dashed(text, begin, end)


def _told_end(text: str, line: Sequence[Word], end: int, tag_end: int) -> int:
    """Narration lasts to the next dash or, without one, to the end of the tag or of its sentence."""
    for at, word in enumerate(line):
        if at and word.text in ("—", "–", "―", "--"):
            return word.start
        if word.end >= tag_end > 0 and word.text == ",":
            return word.end
        if sentence_end(line, at):
            return word.end
    return min(end, line[-1].end)


def _dashed(text: str, begin: int, end: int) -> tuple[int, int] | None:
    """ "— Wait — he took the lamp — for me": lower-case narration between two dashes around a tag."""
    for match in INNER.finditer(text, begin, end):
        line = words(text, match.end(), min(end, match.end() + 160))
        if line and (tag := after(line, joined=True)) is not None:
            return match.start(), _told_end(text, line, end, tag.end)
    return None


def _goes_on(text: str, told: tuple[int, int], end: int) -> bool:
    """Is the rest of the paragraph spoken again?"""
    rest = text[told[1] : end].strip()
    if not rest:
        return False
    if rest[0] in "—–―‒" or rest.startswith("--"):
        return True
    if DASHED.match(text, told[0]):
        return False
    if text[told[1] - 1] == ",":
        return True
    low = {word.low for word in words(text, told[1], min(end, told[1] + 400))}
    return bool(low & SPOKEN) or "?" in rest or "!" in rest or SPANISH.search(rest) is not None
