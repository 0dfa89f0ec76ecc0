"""Facts of a backstory by rules: sentences with a proper name and a bond word, kept verbatim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MAX_FACT = 240
MAX_FACTS = 12
"""Facts of one backstory; more would not fit into the rows that a small world has for one person."""

_SENTENCE = re.compile(r"[^.!?\n。！？]+(?:[.!?。！？]+[\"”’'»」]*)?")
_CAPITALIZED = r"[^\W\d_a-zß-öø-ÿ][\w]*(?:['’\-][\w]+)*"
_NAME = re.compile(rf"{_CAPITALIZED}(?:(?: (?:of the|of|the|de|von|van|al))? {_CAPITALIZED})*")
_WORD = re.compile(r"[\w'’\-]+")

_KINDS: tuple[tuple[str, str], ...] = (
    ("secret", r"secret|secretly|hidden|hid|no one knows|nobody knows|never told|disguise|pretend\w*|lied?"),
    ("debt", r"owe[sd]?|debt|debts|borrowed|promised|swore|sworn|oath|pledged|saved (?:my|his|her|their) life"),
    ("goal", r"wants? to|must find|seeks?|seeking|vow(?:s|ed)?|hopes? to|search(?:es|ing)?|avenge|revenge|determined|looking for"),
    ("item", r"sword|blade|dagger|ring|amulet|locket|pendant|book|ledger|journal|map|key|crown|compass|bow|axe|staff|letter|lute|medallion|heirloom|stole|relic|coin|watch|lantern"),
    ("event", r"killed|murdered|died|burned|burnt|destroyed|betrayed|fled|drowned|hanged|exiled|banished|captured|escaped|attacked|war|fire|vanished|disappeared|lost"),
    ("person", r"brother|sister|mother|father|son|daughter|wife|husband|twin|uncle|aunt|cousin|grand\w+|mentor|master|teacher|friend|rival|enemy|lover|loves?|loved|married|captain|patron|taught|raised|apprenticed|orphan\w*|foster"),
    ("place", r"born in|born on|born at|village|town|city|island|temple|monastery|academy|grew up|home|homeland|tavern|ship"),
)  # fmt: skip
_BONDS = [(kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KINDS]

_STARTERS = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "my",
        "me",
        "we",
        "our",
        "us",
        "you",
        "your",
        "he",
        "his",
        "him",
        "she",
        "her",
        "hers",
        "they",
        "their",
        "them",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "when",
        "while",
        "after",
        "before",
        "since",
        "now",
        "then",
        "once",
        "until",
        "although",
        "though",
        "because",
        "if",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "to",
        "with",
        "without",
        "and",
        "but",
        "or",
        "so",
        "yet",
        "years",
        "one",
        "two",
        "three",
        "some",
        "many",
        "every",
        "each",
        "all",
        "both",
        "no",
        "not",
        "never",
        "only",
        "even",
        "still",
        "later",
        "soon",
        "today",
        "tonight",
        "yesterday",
        "there",
        "here",
        "where",
        "who",
        "what",
        "why",
        "how",
        "during",
        "under",
        "over",
        "among",
        "between",
        "despite",
        "having",
        "being",
        "born",
        "raised",
        "orphaned",
        "as",
        "alone",
        "long",
        "ago",
        "last",
        "first",
        "at",
        "growing",
        "mr",
        "mrs",
        "mister",
        "lord",
        "lady",
        "sir",
        "king",
        "queen",
        "prince",
        "princess",
        "captain",
        "doctor",
        "god",
        "gods",
    ]
)
_TITLES = frozenset(
    [
        "lord",
        "lady",
        "sir",
        "king",
        "queen",
        "prince",
        "princess",
        "captain",
        "doctor",
        "mr",
        "mrs",
        "mister",
    ]
)


@dataclass(frozen=True, kw_only=True)
class ProperName:
    """A proper name in a text and the word before it, in lower case."""

    text: str
    before: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def proper_names(text: str) -> tuple[ProperName, ...]:
    """Return the proper names of a text in reading order; a plain sentence opener is none."""
    found = []
    for match in _NAME.finditer(text):
        words = match[0].split(" ")
        start = match.start()
        while words and _is_opener(words):
            start += len(words.pop(0)) + 1
        if (
            not words
            or words == ["I"]
            or len(words[-1]) < 2
            or all(w.casefold() in _STARTERS for w in words)
        ):
            continue
        name = " ".join(words).removesuffix("'s").removesuffix("’s")
        before = _WORD.findall(text[max(0, start - 40) : start])
        found.append(
            ProperName(
                text=name,
                before=before[-1].casefold() if before else "",
                start=start,
                end=start + len(name),
            )
        )
    return tuple(found)


def _is_opener(words: list[str]) -> bool:
    """Tell whether the first word is none of the name: "My" of "My Aunt", not "Captain" of a captain."""
    low = words[0].casefold()
    return low in _STARTERS and not (low in _TITLES and len(words) > 1)


def facts_of(backstory: str) -> list[dict[str, Any]]:
    """Return the facts in reading order: kind, text (verbatim), span_start, span_end, must_use.

    A backstory without such a sentence gives its first sentences, so that no character is left out.
    """
    spans = [_trimmed(backstory, m.start(), m.end()) for m in _SENTENCE.finditer(backstory)]
    spans = [(start, end) for start, end in spans if end - start >= 2]
    facts = []
    for start, end in spans:
        text = backstory[start:end]
        kind = kind_of(text)
        if kind and proper_names(text):
            facts.append(_fact(backstory, start, end, kind))
    if not facts:
        facts = [_fact(backstory, s, e, kind_of(backstory[s:e]) or "event") for s, e in spans[:2]]
    return facts[:MAX_FACTS]


def kind_of(text: str) -> str:
    """Return the kind of fact that a sentence tells, by its first bond word in order of kinds."""
    return next((kind for kind, pattern in _BONDS if pattern.search(text)), "")


def _fact(backstory: str, start: int, end: int, kind: str) -> dict[str, Any]:
    if end - start > MAX_FACT:
        cut = backstory.rfind(" ", start, start + MAX_FACT + 1)
        end = cut if cut > start + MAX_FACT // 2 else start + MAX_FACT
        start, end = _trimmed(backstory, start, end)
    return {
        "kind": kind,
        "text": backstory[start:end],
        "span_start": start,
        "span_end": end,
        "must_use": True,
    }


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
