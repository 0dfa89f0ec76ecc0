"""Where the prose of a chapter begins, after its heading."""

from __future__ import annotations

import re

_NUMBERED = re.compile(
    r"(?:chapter|letter|part|book|stave|canto|act|scene|adventure|volume|section|kapitel|teil|prologue|epilogue|"
    r"prolog|epilog|preface|introduction|vorwort)\b[^\n]{0,100}|(?:[IVXLCDM]{1,8}|\d{1,3})"
    r"(?:[ \t]*[-–—:.][^\n]{0,80})?",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\S\n]*([^\n]*)(?:\n|\Z)")
_ENDS = (".", "!", "?", ",", ";", ":", "”", '"', "’", "…")
# Headings are short, and more than four lines of them would be verse.
MOST_LENGTH = 100
MOST_LINES = 4


def body_start(text: str) -> int:
    """The offset of the first line of prose: behind a number, a title, or both."""
    at = body = lines = 0
    while at < len(text) and lines < MOST_LINES:
        match = _LINE.match(text, at)
        if match is None:
            break
        line = match[1].strip("#*_= \t\r")
        if line and not _is_heading(line, text, match.end()):
            break
        lines += bool(line)
        at = match.end()
        if lines:
            body = at
    while body < len(text) and text[body].isspace():
        body += 1
    return body if body < len(text) else 0


def _is_heading(line: str, text: str, end: int) -> bool:
    if len(line) > MOST_LENGTH:
        return False
    followed = not text[end : end + 400].split("\n", 1)[0].strip()
    if _NUMBERED.fullmatch(line) and (followed or not line.endswith(_ENDS[:6]) or line[-1] == "."):
        return followed or line.upper() == line or line.split()[0].isalpha()
    if not followed or line.endswith(_ENDS):
        return line.isupper() and followed
    words = [word for word in line.split() if len(word) > 3]
    return line.isupper() or all(word[0].isupper() or not word[0].isalpha() for word in words)
