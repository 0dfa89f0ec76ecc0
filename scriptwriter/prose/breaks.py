"""The breaks an author sets inside a chapter: lines of asterisks, rules, and wider gaps."""

from __future__ import annotations

import re
from collections import Counter

_MARKS = re.compile(
    r"(?m)^[^\S\n]*(?:(?:[*#~•·⁂✻❦◆◇■□§=_+⸻][^\S\n]*){1,40}|(?:[-–—][^\S\n]*){3,40}|[—–]|"
    r"o+[O0]+o+|(?:[xX][^\S\n]+){2,10}[xX]|<hr ?/?>|(?:\.[^\S\n]*){3,12})[^\S\n]*$"
)
_GAP = re.compile(r"\n(?:[^\S\n]*\n)+")
# A gap wider than usual is a break only where it is rare; letters and verse have many.
RARE = 0.08
LEAST_GAPS = 12
# A gap beside verse or a signature parts no scenes: the paragraph after it is longer than a line.
LEAST_PARAGRAPH = 80


def author_breaks(text: str, body: int) -> list[int]:
    """Offsets where the text goes on after a break of the author's, in order, behind `body`."""
    found = set()
    for match in _MARKS.finditer(text, body):
        at = _next_word(text, match.end())
        if at < len(text) and not _MARKS.match(text, text.rfind("\n", 0, at) + 1):
            found.add(at)
    if not found:
        found.update(_wide_gaps(text, body))
    return sorted(at for at in found if at > body)


def _next_word(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _wide_gaps(text: str, body: int) -> list[int]:
    gaps = [(match.end(), match.group().count("\n")) for match in _GAP.finditer(text, body)]
    if len(gaps) < LEAST_GAPS:
        return []
    usual = Counter(width for _, width in gaps).most_common(1)[0][0]
    wide = [_next_word(text, end) for end, width in gaps if width > usual]
    if not wide or len(wide) > RARE * len(gaps):
        return []
    return [at for at in wide if _is_paragraph(text, at)]


def _is_paragraph(text: str, at: int) -> bool:
    gap = _GAP.search(text, at)
    return (gap.start() if gap else len(text)) - at >= LEAST_PARAGRAPH
