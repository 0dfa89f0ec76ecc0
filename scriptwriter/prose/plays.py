"""Plays: a speech begins with the name of whoever speaks, and directions stand in brackets.

Printers set the name in several ways: `Algernon.  Text`, `NORA [laughing]. Text`, `_Helmer._ Text`, `Jack: Text`, or
on a line of its own, in capitals. A text is a play where most of its paragraphs begin so, with names that return.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scriptwriter.prose.nouns import is_role
from scriptwriter.prose.wordlist import wordlist

# Fewer speeches than these, or names that hardly return, are a glossary or a list.
LEAST_SPEECHES = 6
LEAST_SHARE = 0.5
LEAST_LINES_SHARE = 0.3  # where speeches have no blank lines between them, many lines only go on
LEAST_CAPITALS_SHARE = 0.05  # the same, with names in capitals, which nothing else begins with
LEAST_APART_SHARE = 0.3  # where the name is a paragraph of its own
RETURNING = 0.4  # share of speeches by somebody who speaks more than once
LONGEST_NAME = 40  # characters
MOST_HEARD = 3  # words in capitals, once: more are a heading

_SHORT = r"(?i:mrs?|ms|dr|st|sr|jr|capt|col|gen|lt|sgt|rev|prof|mme|mlle|hon)\."
_WORD = rf"(?:{_SHORT}|[^\W\d_](?:[^\W_]|['’-]){{0,30}})"
_LINK = r"(?:[ \t]*[,&/][ \t]*|[ \t]+(?:(?:and|or|of|the|von|van|de|der|la|le|du|to|und|et)[ \t]+){0,2})"
_DIRECTION = r"(?:\([^()]{1,400}\)|\[[^\[\]]{1,600}\])"
_NAME = rf"(?P<name>{_WORD}(?:{_LINK}(?:{_WORD}|\d{{1,2}}(?!\w))){{0,5}})"
_CLOSES = (
    rf",?[^\S\n]*(?:\n[^\S\n]*)?(?={_DIRECTION})(?P<manner>)"  # NORA (laughing)
    r"|[ \t]*(?P<mark>\.?[ \t]*[—–]|\.?--|[.:])[_*]{0,3}"  # Nora. NORA: NORA.--
    r"|[ \t]*(?=\n)"  # NORA, alone on its line
)
_LABEL = re.compile(
    rf"(?m)^(?P<indent>[^\S\n]*)(?=[_*]{{0,3}}[^\W\d_a-zß-öø-ÿ])[_*]{{0,3}}{_NAME}[_*]{{0,3}}(?:{_CLOSES})"
)
_AFTER_MANNER = re.compile(rf"[\s,]*{_DIRECTION}[_*]{{0,3}}(?P<mark>[.:]|[ \t]*[—–]|--)[_*]{{0,3}}")
_DIRECTIONS = re.compile(_DIRECTION)
_ENDED = re.compile(r"(?:[.!?…—–:;\"”’')\]_]|--)\s*$")
_SPEAKERS_OWN = re.compile(r"(?<![^\W_])(?:I|me|my|we|our|you|your|ich|du|Sie)(?![^\W_])")
_ENDING = 20  # characters before a bracket that tell whether a sentence has ended
_GAP = re.compile(rf"[^\S\n]*\n(?:[^\S\n]*\n)+(?:{_DIRECTION}[^\S\n]*\n(?:[^\S\n]*\n)+)*")
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
# What stands where a name does, and is none.
_NOBODY = frozenset(
    wordlist(
        "act scene enter exit exeunt reenter re-enter curtain tableau time place setting int ext est persons dramatis personae characters cast license"
    )
)
_TOGETHER = frozenset(wordlist("all both together omnes chorus voices voice others alle beide"))
_SMALL = frozenset(wordlist("and or of the von van de der la le du to und et"))
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|['’-])*")
_JOINT = re.compile(r"[ \t]*(?:,|&|/|\band\b|\bund\b|\bet\b)[ \t]*", re.IGNORECASE)
_LOWER = re.compile(r"(?<![^\W_])[^\W\d_A-ZÀ-Þ][\w'’-]*")
_LETTER = re.compile(r"[^\W\d_]")
_HAS_WORD = re.compile(r"[^\W_]")
_HEADING = re.compile(
    r"[_*\[(]*(?:(?:the\s+)?scene|szene|act|akt)\b(?:[ \t]+(?:the[ \t]+)?(?:[ivxlc]+|\d+|one|two|three|four|five|six|first|second|third|fourth|fifth|last)\b)?"
    r"[_*\])]*[ \t]*(?:[.:—–-]+|(?=\n|$))[_*]*\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech:
    """One speech of a play at `start:end`; `label` is the span of the name with its mark.

    `spoken` and `directions` are spans, in order, without overlap. A speech without spoken words is
    somebody's action.
    """

    name: str
    start: int
    end: int
    label: tuple[int, int]
    spoken: tuple[tuple[int, int], ...]
    directions: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Label:
    """What may be a speaker's name at the head of a line.

    `opens`: a blank line stands before it. `is_loud`: it is in capitals. `is_marked`: by a stop or a colon; of
    the others only names that are met elsewhere count.
    """

    start: int
    end: int
    name: str
    opens: bool
    is_loud: bool
    is_marked: bool


@lru_cache(maxsize=4)  # whoever reads a chapter asks several times
def speeches_of(text: str) -> tuple[Speech, ...]:
    """The speeches of a normalized chapter that is laid out as a play, in order; () for any other text."""
    labels = list(_labels(text))
    if len(labels) < LEAST_SPEECHES:
        return ()
    blocks = len(_BLANK.findall(text.strip())) + 1
    lines = sum(map(bool, map(str.strip, text.split("\n"))))
    apart = [one for one in labels if one.opens and one.is_loud and _GAP.match(text, one.end)]
    for found, least in (
        ([one for one in labels if one.opens], LEAST_SHARE * blocks),
        (apart, LEAST_APART_SHARE * blocks),
        (labels, LEAST_LINES_SHARE * lines),
        ([one for one in labels if one.is_loud], LEAST_CAPITALS_SHARE * lines),
    ):
        least = max(LEAST_SPEECHES, least)
        speakers = _speakers(text, found) if len(found) >= least else []
        speeches = _speeches(text, speakers, apart=found is apart)
        if len(speeches) >= least and _return(speeches):
            return tuple(speeches)
    return ()


def people_of(name: str) -> tuple[str, ...]:
    """Everybody a label names: "Gwendolen and Cecily" are two."""
    return tuple(part for part in _JOINT.split(name) if part)


def scene_heading(text: str, start: int, end: int) -> int:
    """Where "SCENE II." ends at the head of a paragraph; 0 where it is none."""
    found = _HEADING.match(text, start, end)
    return found.end() if found else 0


def _labels(text: str) -> Iterator[_Label]:
    for match in _LABEL.finditer(text):
        name = " ".join(match["name"].split())
        if len(name) > LONGEST_NAME or not _is_written(name):
            continue
        loud = name.isupper() and len(name) > 1
        marked = match["mark"] in (".", ":")
        if match["manner"] is not None:
            marked = _AFTER_MANNER.match(text, match.end()) is not None
        elif not marked and not loud:
            continue
        yield _Label(
            start=match.end("indent"),
            end=match.end(),
            name=name,
            opens=_opens(text, match.start()),
            is_loud=loud,
            is_marked=marked,
        )


def _opens(text: str, at: int) -> bool:
    """Whether the line before the one at `at` is blank, or there is none."""
    at -= 1
    while at > 0 and text[at - 1] in " \t":
        at -= 1
    return at <= 0 or text[at - 1] == "\n"


def _is_written(name: str) -> bool:
    """Each word of a name has a capital, but for the small ones between."""
    words = _WORDS.findall(name)
    return all(word[0].isupper() or word in _SMALL for word in words)


def _speakers(text: str, labels: Sequence[_Label]) -> list[_Label]:
    """Those of speakers: in capitals, met again, made of such, or of words that are no others' too."""
    counts = Counter(_key(one.name) for one in labels)
    known = {name for name, count in counts.items() if count > 1}
    lower = {match.group() for match in _LOWER.finditer(text)}
    kept = []
    for one in labels:
        parts = people_of(one.name)
        again = _key(one.name) in known or all(_key(part) in known for part in parts)
        words = {word.lower().rstrip(".") for word in one.name.split()}
        own = one.is_marked and (not words <= lower or _is_somebody(one.name.lower()))
        heard = one.is_loud and len(words) <= MOST_HEARD
        if (again or heard or own) and not words & _NOBODY:
            kept.append(one)
    return kept


def _is_somebody(name: str) -> bool:
    """ "First Sailor", "Messenger", "All": nobody's name, but who speaks."""
    return name in _TOGETHER or is_role(name.split()[-1].rstrip("."))


def _speeches(text: str, labels: Sequence[_Label], *, apart: bool) -> list[Speech]:
    """What follows each name, up to the next or a blank line; a name alone is a heading.

    `apart`: names are paragraphs of their own, and what follows is the next, or the one behind directions.
    """
    speeches = []
    for at, label in enumerate(labels):
        stop = labels[at + 1].start if at + 1 < len(labels) else len(text)
        behind = _GAP.match(text, label.end) if apart else None
        gap = _BLANK.search(text, behind.end() if behind else label.end, stop)
        end = _trimmed(text, label.start, gap.start() if gap else stop, " \t\n")[1]
        if _HAS_WORD.search(text, label.end, end):
            speeches.append(_speech(text, label, end))
    return speeches


def _return(speeches: Sequence[Speech]) -> bool:
    """Whether the same few people speak again and again."""
    counts = Counter(_key(one.name) for one in speeches)
    again = sum(count for count in counts.values() if count > 1)
    return len(counts) > 1 and again >= RETURNING * len(speeches)


def _key(name: str) -> str:
    return name.casefold().rstrip(".")


def _speech(text: str, label: _Label, end: int) -> Speech:
    directions = list(_directed(text, label.end, end))
    starts = [label.end, *(stop for _, stop in directions)]
    stops = [*(start for start, _ in directions), end]
    spoken = [_trimmed(text, *span) for span in zip(starts, stops, strict=True)]
    return Speech(
        name=_calm(label.name),
        start=label.start,
        end=end,
        label=(label.start, label.end),
        spoken=tuple(span for span in spoken if _HAS_WORD.search(text, *span)),
        directions=tuple(directions),
    )


def _directed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Brackets at the head of the speech or behind the end of a sentence; others are in what is said.

    So are round ones that say "I" or "you": a direction tells of others.
    """
    head, _ = _trimmed(text, start, end, " ,\t\n_*")
    for match in _DIRECTIONS.finditer(text, start, end):
        at, stop = match.span()
        while at == head and stop < end and text[stop] in "_*.:":
            stop += 1  # the mark of a name that has its manner before it: "NORA [laughing]."
        before = text[max(head, at - _ENDING) : at]
        if text[at] == "(" and _SPEAKERS_OWN.search(text, at, stop):
            continue
        if not _LETTER.search(text, at, stop):  # the number of a note
            continue
        if at == head or text[at] == "[" or _ENDED.search(before):
            yield at, stop


def _trimmed(text: str, start: int, end: int, marks: str = " \t\n_*") -> tuple[int, int]:
    while start < end and text[start] in marks:
        start += 1
    while end > start and text[end - 1] in marks:
        end -= 1
    return start, end


def _calm(name: str) -> str:
    """ "LADY MACBETH" as "Lady Macbeth"; other names as they are."""
    if not name.isupper() or len(name) < 2:
        return name
    words = (
        word if word.lower() not in {"and", "of", "the"} else word.lower() for word in name.split()
    )
    return " ".join(word if word.islower() else word.capitalize() for word in words)
