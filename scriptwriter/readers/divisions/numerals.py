"""Read the number of a heading: Arabic, Roman or in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scriptwriter.readers.divisions.folding import fold
from scriptwriter.readers.divisions.spelled import CARDINALS, LAST, MOST_WORDS, ORDINALS

ROMAN = re.compile(r"(?=[mdclxvi])m{0,3}(cm|cd|d?c{0,4})(xc|xl|l?x{0,4})(ix|iv|v?i{0,4}[j]?)")
# "Ier", "XIVe": small letters after the numeral, else "LE" would be fifty.
ROMAN_ORDINAL = re.compile(r"([IVXLC]+)(?:er|re|ère|e|ème)")
ROMAN_VALUES = {"i": 1, "j": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
DIGITS = re.compile(r"(\d{1,4})(st|nd|rd|th|er|re|ere|e|eme|o|a|ste|de|i)?")
HAN = "零一二三四五六七八九"
HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
# Small letters make words ("mix", "dim", "did") sooner than numbers this high.
HIGHEST_SMALL = 100
# "Chapter the Last" has a place, not a number.
LAST_NUMBER = -1


@dataclass(slots=True)
class Token:
    """A word of a line: as printed, folded, and where it stands.

    Not frozen: millions are made, and freezing takes most of the time of making one.
    """

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Numeral:
    """A number, how it is written ("arabic", "roman", "spelled"), and the token after it."""

    value: int
    shape: str
    is_ordinal: bool
    after: int


TOKEN = re.compile(r"[^\W_]+")
# The longest label: "Chapter the one hundred and fifth".
MOST_TOKENS = 6


def tokens_of(line: str) -> list[Token]:
    """Return the first words of a line."""
    found: list[Token] = []
    for match in TOKEN.finditer(line):
        word = match.group()
        found.append(Token(word, fold(word), match.start(), match.end()))
        if len(found) == MOST_TOKENS:
            break
    return found


def read_numeral(tokens: list[Token], at: int) -> Numeral | None:
    """Read the number that begins at a token; None where there is none."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    if found := DIGITS.fullmatch(token.folded):
        return Numeral(
            value=int(found[1]), shape="arabic", is_ordinal=found[2] is not None, after=at + 1
        )
    return _spelled(tokens, at) or _roman(token, at)


def roman_value(folded: str) -> int:
    """Return the value of a Roman numeral in small letters, 0 where it is none."""
    if not ROMAN.fullmatch(folded):
        return 0
    values = [ROMAN_VALUES[c] for c in folded]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def han_value(digits: str) -> int:
    """Return the value of a Chinese numeral ("二十三") or of digits; 0 where it is none."""
    if digits.isdecimal():
        return int(digits)
    total, current = 0, 0
    for character in digits:
        if character in HAN_UNITS:
            total += (current or 1) * HAN_UNITS[character]
            current = 0
        else:
            current = max(HAN.find(character), 0)
    return total + current


def _roman(token: Token, at: int) -> Numeral | None:
    is_even = token.text.isupper() or token.text.islower()
    value = roman_value(token.folded) if is_even else 0
    if value and (token.text.isupper() or value < HIGHEST_SMALL):
        return Numeral(value=value, shape="roman", is_ordinal=False, after=at + 1)
    found = ROMAN_ORDINAL.fullmatch(token.text)
    value = roman_value(found[1].casefold()) if found else 0
    if not value:
        return None
    return Numeral(value=value, shape="roman", is_ordinal=True, after=at + 1)


def _spelled(tokens: list[Token], at: int) -> Numeral | None:
    words = [token.folded for token in tokens[at : at + MOST_WORDS]]
    for count in range(len(words), 0, -1):
        phrase = " ".join(words[:count])
        for table, is_ordinal in ((CARDINALS, False), (ORDINALS, True)):
            if phrase in table:
                return Numeral(
                    value=table[phrase], shape="spelled", is_ordinal=is_ordinal, after=at + count
                )
    if words[0] in LAST:
        return Numeral(value=LAST_NUMBER, shape="spelled", is_ordinal=True, after=at + 1)
    return None
