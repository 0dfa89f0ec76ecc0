"""What rules find in prose. All spans are offsets into one normalized chapter text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Gender = Literal["female", "male", ""]


class Method(StrEnum):
    """How a speaker was found, from strongest to weakest evidence."""

    EXPLICIT = "explicit"  # a speech verb with a name
    ANAPHORIC = "anaphoric"  # a speech verb with a pronoun or a role noun
    IMPLICIT = "implicit"  # the same paragraph, alternation, vocatives, nearest mention
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """One stretch between quotation marks.

    `start:end` covers the words without the marks, so `text == chapter[start:end]`; `outer_start:outer_end`
    includes the marks. `paragraph` counts paragraphs from 0. `is_speech` is False for a quoted
    word, title or inscription inside narration. A speech that is broken by its own tag ("A," said X,
    "B.") is two quotes with the same `turn`.
    """

    code: str  # q1, q2 … in order
    start: int
    end: int
    outer_start: int
    outer_end: int
    text: str
    paragraph: int
    turn: int
    is_speech: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """Who speaks a quote, how that is known and how sure it is (0 to 1).

    `speaker` is a `Person.key`, or "" when unknown. `tag_start:tag_end` covers the speech tag
    ("said Alice," of "said Alice, turning round,") in the chapter, both 0 when there is none; `verb` is
    its speech verb, `addressee` a `Person.key` or "". `candidates` are (key, confidence), best first.
    """

    code: str
    speaker: str
    method: Method
    confidence: float
    tag_start: int = 0
    tag_end: int = 0
    verb: str = ""
    addressee: str = ""
    candidates: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A person named at `start:end`."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in the book: one key, one display name, every name the text uses for them.

    `gender` comes from honorifics, first names and pronouns nearby. `mentions` counts all aliases in the
    book, `first` is the position of the first one. `is_narrator` marks the "I" of a first-person book.
    """

    key: str  # stable within one analysis, such as p3
    name: str
    aliases: tuple[str, ...]
    gender: Gender = ""
    mentions: int = 0
    first: int = 0
    is_narrator: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Somewhere the text goes: "the Spouter-Inn", "kitchen". `interior` is None where nothing tells."""

    name: str
    mentions: int
    first: int
    interior: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneSpan:
    """A scene of a chapter: `start:end`, where and when it plays as far as the words say.

    `place` and `time` are in the book's words, "" where nothing is stated; `cue_start:cue_end` is
    the span that says so. `reason` is why the cut is here: start, break, place, time or cast.
    """

    start: int
    end: int
    place: str = ""
    interior: bool | None = None
    time: str = ""  # day, night, morning, evening … in the book's words
    cue_start: int = 0
    cue_end: int = 0
    reason: str = "start"
    cast: tuple[str, ...] = field(default_factory=tuple)
