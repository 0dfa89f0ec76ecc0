"""Which archetypes a description speaks of: a lexical score that names its reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from canon.models import Archetype

KEEP_FROM = 0.15  # shares below this are noise
KEEP_AT_MOST = 3
NEGATION_WINDOW = 3  # words before a match in which a negation turns it round
NEGATIONS = {"not", "never", "no", "without", "hardly", "nothing", "neither", "nor", "un"}
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ingly", "iness", "ously", "ness", "ings", "edly", "able",
    "ible", "ance", "ence", "ious", "ing", "ers", "ous", "ive", "ism", "ist", "ful", "ity", "ies",
    "ed", "er", "ly", "al", "es", "s", "y", "e",
)  # fmt: skip
# Everyday words for the traits and roles of the reference list, by archetype category.
NEAR = {
    "hero": "hero courage courageous bravely resolve struggle protagonist quest overcome young dream"
    " sacrifice adventure defends rescues fights risks survives ordinary called save fear pride",
    "guide": "mentor teach teacher teaches old wise wisdom advice advises counsel tutor elder master"
    " knowledge experience trains guides patient"
    " professor schoolteacher instructs encourages prepares pupil lesson explains lore coach",
    "antagonist": "villain cruel evil enemy ruthless tyrant hatred murder kill revenge sinister"
    " menace destroy wicked cold threat greed power opposes"
    " monster poison torture crime vengeance victim conquer terror corrupt",
    "companion": "friend loyal faithful devoted trusted helps follow sidekick brother reliable"
    " supports companion servant"
    " comrade partner dependable devoted side helper protects ally",
    "challenger": "guard guards gate gatekeeper test tests doorkeeper blocks stern strict official"
    " rules refuses sentry suspicious cautious"
    " inspector examiner customs clerk permit passage forbids proves questions",
    "variable": "changes deceive deceives double secret betray betrays traitor disguise ambiguous"
    " seductive two-faced lie unpredictable loyalty charming"
    " spy false hides hidden pretends mask impostor stranger switches sides",
    "comic": "joke jokes funny laugh wit witty clown fool prank mischief mischievous humor humour"
    " sly comic playful nonsense tease"
    " riddle mocks irreverent cheats chaos eccentric laughs jester rogue",
}


class Reason(BaseModel):
    """A matched trait and the words around it."""

    trait: str
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """An archetype's share (0 to 1) of all that was found."""

    archetype: Archetype
    weight: float
    reasons: tuple[Reason, ...]


def stem(word: str) -> str:
    """A crude stem: one suffix off, if at least four letters stay."""
    word = word.lower()
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def score_archetypes(description: str) -> list[Score]:
    """The archetypes found, strongest first, at most three; their weights sum to at most 1.

    s(a) = sum of idf(stem) over the trait, role and near stems found, negated ones counting
    against it, / sqrt(number of its stems). idf is over the archetypes themselves.
    """
    archetypes = list(Archetype.objects.filter(is_active=True, set="core"))
    stems = {a.code: _stems(a) for a in archetypes}
    words = list(_WORD.finditer(description))
    raw = {a.code: _raw_score(stems[a.code], stems, words, description) for a in archetypes}
    total = sum(score for score, _ in raw.values() if score > 0)
    found = [
        Score(archetype=a, weight=raw[a.code][0] / total, reasons=tuple(raw[a.code][1]))
        for a in archetypes
        if total and raw[a.code][0] > 0
    ]
    found.sort(key=lambda s: (-s.weight, s.archetype.code))
    return [s for s in found if s.weight >= KEEP_FROM][:KEEP_AT_MOST]


def _stems(archetype: Archetype) -> dict[str, str]:
    """stem -> the trait it stands for."""
    own = [w for phrase in [*archetype.traits, *archetype.typical_roles] for w in phrase.split()]
    near = NEAR.get(archetype.category, "").split()
    return {stem(word): word for word in [*near, *own] if len(word) > 2}


def _raw_score(
    own: dict[str, str],
    every: dict[str, dict[str, str]],
    words: Sequence[re.Match[str]],
    description: str,
) -> tuple[float, list[Reason]]:
    score, reasons = 0.0, []
    seen: set[str] = set()
    for i, match in enumerate(words):
        root = stem(match.group())
        if root not in own or root in seen:
            continue
        seen.add(root)
        holders = sum(root in stems for stems in every.values())
        weight = math.log(1 + len(every) / holders)
        before = {w.group().lower() for w in words[max(0, i - NEGATION_WINDOW) : i]}
        if before & NEGATIONS:
            score -= weight
            continue
        score += weight
        quote = description[words[max(0, i - 4)].start() : words[min(len(words) - 1, i + 4)].end()]
        reasons.append(Reason(trait=own[root], quote=quote))
    return score / math.sqrt(len(own) or 1), reasons  # staff may add one without traits
