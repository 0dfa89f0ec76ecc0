"""What a single line of Fountain is, as far as the line itself can tell.

Shared by the parser, which asks what a line is, and the printer, which asks what it would become.
All functions take stripped text and are linear in its length.
"""

from __future__ import annotations

import re

from scriptwriter.formats.marks import PLAIN_MARK, hidden_spans

# Fountain 1.1, "Scene Heading"; EXT/INT is common and means the same.
_HEADING = re.compile(
    r"(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I\.?/E)(?:\.|[ \t])\s*\S", re.IGNORECASE
)
_FORCED_HEADING = re.compile(r"\.[^.\s]")
_PAGE_BREAK = re.compile(r"={3,}")
_BRACKETED = re.compile(r"\([^()]*\)")
_NUMBER = re.compile(r"[\w.\-]+")
# The official parser takes these for transitions although they do not end in TO:.
_TRANSITIONS = frozenset({"FADE TO BLACK.", "FADE OUT.", "CUT TO BLACK."})


def is_heading(bare: str) -> bool:
    """True for INT., EXT. and the like; a blank line must follow, which is for the caller."""
    return _HEADING.match(bare) is not None


def is_forced_heading(content: str) -> bool:
    """True for a single leading period; an ellipsis is none."""
    return _FORCED_HEADING.match(content) is not None


def is_transition(bare: str) -> bool:
    """True for capitals ending in TO: with nothing behind, not even a space."""
    core = bare.lstrip().strip("*_")
    return core in _TRANSITIONS or (core.endswith("TO:") and core == core.upper())


def is_centered(content: str) -> bool:
    """True for text between > and <."""
    return len(content) > 1 and content[0] == ">" and content[-1] == "<"


def is_page_break(content: str) -> bool:
    """True for three or more equal signs and nothing else."""
    return _PAGE_BREAK.fullmatch(content) is not None


def is_section(text: str) -> bool:
    """True for a number sign in the first column."""
    return text.startswith("#")


def is_synopsis(text: str) -> bool:
    """True for an equal sign in the first column that does not make a page break."""
    return text.startswith("=") and not is_page_break(text.strip())


def is_cue(bare: str) -> bool:
    """True for a name in capitals with a letter in it; extensions in brackets may be lower case."""
    bare = bare.removesuffix("^").rstrip()
    name = _BRACKETED.sub("", bare)
    return (
        "^" not in name
        and name == name.upper()
        and any(letter.isupper() for letter in name)
        and not is_heading(bare)
    )


def is_parenthetical(content: str) -> bool:
    """True where the first bracket is closed by the last character."""
    if not (content.startswith("(") and content.endswith(")")):
        return False
    depth = 0
    for position, letter in enumerate(content):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return position == len(content) - 1
    return False


def breaks_action(text: str) -> bool:
    """True for a line that ends a paragraph of action without a blank line between."""
    content = text.strip()
    return (
        content.startswith("~")
        or is_page_break(content)
        or is_section(text)
        or is_synopsis(text)
        or is_centered(content)
    )


def scene_number(content: str) -> str:
    """Return the number of `... #12A#` at the very end, or nothing."""
    if not content.endswith("#"):
        return ""
    opening = content.rfind("#", 0, -1)
    number = content[opening + 1 : -1]
    return number if opening >= 0 and _NUMBER.fullmatch(number) else ""


def clean_number(number: str) -> str:
    """Return the number with only the characters Fountain allows in one."""
    return "".join(_NUMBER.findall(number))


def unmarked(text: str) -> str:
    """Return text without the plain marks at its edges."""
    text = text.removeprefix(PLAIN_MARK)
    # The same letters may close a longer boneyard.
    if text.endswith(PLAIN_MARK) and any(
        span.start == len(text) - len(PLAIN_MARK) for span in hidden_spans(text)
    ):
        text = text.removesuffix(PLAIN_MARK)
    return text.strip()
