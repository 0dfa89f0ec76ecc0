"""The normal form of a chapter's text; every stored span is an offset into it."""

from __future__ import annotations

import re
import unicodedata

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u202d\u202e]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
TRAILING = re.compile(r"(?<![ \t])[ \t]+(?=\n|\Z)")

# Composing a run of marks takes quadratic time (16,000 pairs: 1 s); Unicode's stream-safe form
# (UAX 15, D3) allows 30, more than any script writes.
MOST_MARKS = 30
MARK_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")


def normalize(text: str) -> str:
    r"""Return the text in the form that is stored and analyzed; `normalize` of it changes nothing.

    Line ends (CRLF, CR, VT, FF, NEL, LS, PS) become `\n`. No-break and typographic spaces
    become a plain space, so that a name matches whatever stands between its words. Soft
    hyphens, zero-width spaces, word joiners, byte order marks and the two bidi overrides are
    removed; joiners (U+200C, U+200D) and the other bidi marks stay, since scripts and emoji
    need them. Control characters and lone surrogates are removed, and combining marks beyond
    30 on one letter. Spaces and tabs at line ends go, then Unicode form NFC. Blank lines and
    everything else stay.
    """
    text = LINE_ENDS.sub("\n", text)
    text = INVISIBLE.sub("", CONTROLS.sub("", text))
    text = MARK_RUN.sub(_without_excess_marks, SPACES.sub(" ", text))
    return TRAILING.sub("", unicodedata.normalize("NFC", text))


def _without_excess_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
