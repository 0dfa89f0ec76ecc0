"""Quotation marks: which characters they are, and whether each one opens or closes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from scriptwriter.prose.wordlist import wordlist

Role = Literal["open", "close", "either"]


class Family(StrEnum):
    """Marks that answer each other."""

    DOUBLE = "double"
    SINGLE = "single"
    GUILLEMET = "guillemet"
    CORNER = "corner"


MARKS = re.compile(r"[\"“”„‟«»‘’‚‛'「」]|``")
_FAMILY = {
    **dict.fromkeys('"“”„‟', Family.DOUBLE),
    "``": Family.DOUBLE,
    "''": Family.DOUBLE,
    **dict.fromkeys("'‘’‚‛", Family.SINGLE),
    **dict.fromkeys("«»", Family.GUILLEMET),
    **dict.fromkeys("「」", Family.CORNER),
}
_GLYPH: dict[str, Role] = {
    "“": "open",
    "„": "open",
    "‟": "open",
    "``": "open",
    "‘": "open",
    "‚": "open",
    "‛": "open",
    "「": "open",
    "«": "open",
    "”": "close",
    "''": "close",
    "’": "close",
    "」": "close",
    "»": "close",
}
_NEUTRAL = "([{—–‒―-/\"“”„‘’'«»_*"
_CLOSING_PUNCTUATION = ",.;:!?)]}…"
# Words that begin with an apostrophe in print. Capitalized ones may as well begin a speech ('Till then,'),
# so only those of the first line are believed then; a dropped h is found by the missing partner instead.
_ELIDED_ALWAYS = frozenset(wordlist("tis twas twere twill twould tisn twasn em cos cuz til"))
_ELIDED = _ELIDED_ALWAYS | frozenset(
    wordlist(
        "twon cause bout till round neath gainst coz im ave ad ow ome ouse arf appen orse "
        "er ere pears fore tain n un ud d ll m s t ve re way"
    )
)
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A quotation mark at `start:end`. `after_stop` says that punctuation stands right before it."""

    start: int
    end: int
    family: Family
    role: Role
    glyph: str
    after_stop: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """What a text does with its marks.

    `spaced`: tokens are set apart by spaces, so a space beside a mark tells nothing. `low_high`: German
    „…“, where “ closes. `inward`: »…«. `swedish`: ”…” on both sides. `single`: speech stands in
    single marks.
    """

    spaced: bool
    low_high: bool
    inward: bool
    swedish: bool
    single: bool = False


def habits_of(text: str) -> Habits:
    """Read the habits of a text off its marks."""
    inward = len(re.findall(r"(?:^|\s)»(?=\S)", text)) > len(re.findall(r"(?:^|\s)«", text))
    return Habits(
        spaced=text.count(" ,") * 2 > text.count(","),
        low_high="„" in text,
        inward=inward,
        swedish="”" in text and "“" not in text and "„" not in text,
    )


def marks(text: str, start: int, end: int, habits: Habits) -> list[Mark]:
    """List the marks of one paragraph; apostrophes are left out, doubtful ones are kept."""
    found = []
    for match in MARKS.finditer(text, start, end):
        first, last = match.span()
        family = _FAMILY[match[0]]
        if family is Family.SINGLE and _is_apostrophe(text, first, last):
            continue
        role = _role(text, first, last, start, end, habits)
        before = text[max(start, first - 1) : first]
        if habits.spaced and before == " ":
            before = text[max(start, first - 2) : first - 1]
        found.append(
            Mark(
                start=first,
                end=last,
                family=family,
                role=role,
                glyph=match[0],
                after_stop=before != "" and before in ',.!?;:…—–-”"“',
            )
        )
    return found


def _is_apostrophe(text: str, first: int, last: int) -> bool:
    before, after = text[first - 1 : first], text[last : last + 1]
    if before.isalnum() and after.isalnum():
        return True
    if not after.isalpha() or text[first] == "‚":
        return False
    if text[first] == "’":
        return True
    word = _LETTERS.match(text, last)
    if word is None:
        return False
    elided = _ELIDED_ALWAYS if text[first] == "‘" else _ELIDED
    return word[0] in elided or (text[first] == "'" and word[0].lower() in _ELIDED_ALWAYS)


def _role(text: str, first: int, last: int, low: int, high: int, habits: Habits) -> Role:
    glyph = _glyph_role(text[first:last], habits)
    before = text[first - 1] if first > low else " "
    after = text[last] if last < high else " "
    if habits.spaced and before == " " and after == " ":
        led_in = glyph == "either" and text[first - 2 : first - 1] == ":"
        return "open" if led_in else glyph
    context = _context_role(before, after)
    if glyph == "either" or context == "either":
        return context if glyph == "either" else glyph
    definite = before.isspace() != after.isspace()
    return context if definite and text[first:last] not in ("„", "«", "»", "「", "」") else glyph


def _glyph_role(glyph: str, habits: Habits) -> Role:
    if habits.low_high and glyph in "“‘":
        return "close"
    if habits.inward and glyph in "«»":
        return "open" if glyph == "»" else "close"
    if habits.swedish and glyph == "”":
        return "either"
    return _GLYPH.get(glyph, "either")


def _context_role(before: str, after: str) -> Role:
    left, right = before.isspace(), after.isspace()
    if left != right:
        return "open" if left else "close"
    if left:
        return "either"
    if after in _CLOSING_PUNCTUATION:
        return "close"
    if before in _NEUTRAL or after in _NEUTRAL:
        both = before in _NEUTRAL and after in _NEUTRAL
        return "either" if both else "open" if before in _NEUTRAL else "close"
    return "open" if before in ",:;" else "either"
