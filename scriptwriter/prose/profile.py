"""What a book shows of one person, by rules: sentences found by pattern, quoted, never rephrased."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from scriptwriter.prose.motifs import words_of
from scriptwriter.prose.names import quoted_spans
from scriptwriter.prose.passages import Claim, Passage
from scriptwriter.prose.sentences import quotable
from scriptwriter.prose.types import Person

MOST = 2  # passages a field
LEAST_LINES = 4  # of speech, before anything is said about a voice
BODY = re.compile(
    r"\b(?:eyes?|hair|face(?! to face)|beard|nose|brows?|cheeks?|complexion|tall|short|stout|thin|slender|handsome"
    r"|pale|bald|scar\w*|figure|dressed|wore|wearing|coat|gown|hat|lips|teeth|forehead|shoulders)\b",
    re.IGNORECASE,
)
TEMPER = re.compile(
    r"\b(?:proud|kind|cruel|gentle|brave|cowardly|clever|foolish|honest|generous|greedy|shy|bold"
    r"|patient|impatient|cheerful|gloomy|stern|lively|timid|vain|humble|curious|stubborn|obstinate"
    r"|amiable|agreeable|sensible|selfish|wise|warm-hearted|good-natured|ill-tempered|reserved"
    r"|cunning|loyal|faithful|reckless|cautious|polite|rude|nervous|calm|fierce|savage|courteous"
    r"|sarcastic|odd|haughty|dutiful|melancholy|restless|quick|quiet|temper|disposition)\b(?!-)",
    re.IGNORECASE,
)
BEING = r"(?:was|were|is|seemed|looked|grew|became|remained|appeared)"
PAST = r"had (?:been|lived|served|sailed|married|lost|known|spent|once|grown|come from)"
WANT = re.compile(
    r"\bI (?:only )?(?:want|wish|mean|intend|long|hope|am determined|am resolved) to\b"
    r"|\bI (?:only )?want (?:a|an|my|the|no)\b|\bI (?:should|would|’d|'d) (?:like|love) to\b"
    r"|\bif (?:only )?I could\b",
    re.IGNORECASE,
)
GOAL = r"(?:wanted|wished|resolved|determined|intended|meant|longed|hoped|decided|tried|sought) to"
NEED = re.compile(
    r"\b(?:so alone|all alone|lonely|friendless|nobody (?:cares|loves|knows)|no one to|never had (?:a|any)"
    r"|without (?:a )?(?:friend|home|love)|I am ashamed|forgive me)\b",
    re.IGNORECASE,
)
LIE = re.compile(
    r"\bI(?:’m| am| was)? (?:can never|could never|shall never|will never|am nothing|am not worthy"
    r"|don’t deserve|do not deserve|don't deserve)\b|\b(?:nobody|no one|everyone|everybody|all men"
    r"|all women) (?:ever|will|would|is|are|can)\b|\bthere(?:’s| is|'s) no (?:hope|use|such)\b",
    re.IGNORECASE,
)
GHOST = re.compile(
    r"\bwhen I was (?:a|young|but)\b|\bmy (?:poor |dear |late )?(?:father|mother|brother|sister|wife|husband"
    r"|child|son|daughter) (?:died|was|had|is dead|never)\b|\bI (?:lost|buried)\b|\byears ago\b"
    r"|\bI(?:’ve| have|'ve) never forgotten\b",
    re.IGNORECASE,
)
STOP = frozenset(
    words_of(
        "the a an and or but if of to in on at by for with from as is was were be been are am i you he"
        " she it we they me him her us them my your his its our their this that these those there here"
        " what which who not no yes do did does done have has had will would shall should can could may"
        " might must so such then than when where why how all any some very too just now up out down into"
        " over one well said say know think see come go get got make let like about never more most"
        " little much man men take lay after before thing things way good great always every ever only"
        " don didn won isn ain re ll ve oh sir madam"
    )
)


def read_profile(
    person: Person,
    people: Sequence[Person],
    chapters: Sequence[str],
    lines: Mapping[str, Sequence[Passage]],
) -> dict[str, Claim]:
    """Fields of a profile by name, each with its passages; a field without support is left out."""
    own = list(lines.get(person.key, ()))
    about = _about(person, people, chapters)
    claims = {
        "physical_description": _shown(_looks(about, person)),
        "personality": _shown(_being(about, person)),
        "backstory": _shown(_doing(about, person, PAST)),
        "goals": _shown(_doing(about, person, GOAL)),
        "want": _said(own, WANT),
        "need": _said(own, NEED),
        "lie": _said(own, LIE),
        "ghost": _said(own, GHOST),
        "voice": _voice(own),
        "character_arc": _arc(about),
    }
    return {name: claim for name, claim in claims.items() if claim is not None}


def _about(
    person: Person,
    people: Sequence[Person],
    chapters: Sequence[str],
) -> list[Passage]:
    """Sentences of narration that name this person and nobody else of the cast."""
    own = _names([person])
    others = _names([p for p in people if p.key != person.key])
    if own is None:
        return []
    quoted = [quoted_spans(text) for text in chapters]
    return [
        passage
        for passage in quotable(list(chapters))
        if own.search(passage.quote)
        and not (others and others.search(own.sub("", passage.quote)))
        and not _is_spoken(passage, quoted[passage.chapter])
    ]


def _is_spoken(passage: Passage, quoted: Sequence[tuple[int, int]]) -> bool:
    """More than a fifth of it stands between quotation marks."""
    inside = sum(
        max(0, min(end, passage.end) - max(start, passage.start))
        for start, end in quoted[bisect_left(quoted, (passage.start - 5_000, 0)) :][:80]
    )
    return inside * 5 > passage.end - passage.start


def _names(people: Sequence[Person]) -> re.Pattern[str] | None:
    names = {n for p in people for n in (p.name, *p.aliases) if len(n) > 1 and n.lower() != "i"}
    if not names:
        return None
    longest_first = sorted(names, key=lambda n: (-len(n), n))
    return re.compile(rf"\b(?:{'|'.join(re.escape(n) for n in longest_first)})\b")


def _looks(about: Iterable[Passage], person: Person) -> list[Passage]:
    """Sentences that give the person a body: "X's eyes", "X was a tall man", "X … his hair"."""
    names = _names([person])
    if names is None:
        return []
    own, body = names.pattern, BODY.pattern
    their = {"female": "her", "male": "his"}.get(person.gender, "his|her|its")
    shows = re.compile(
        rf"{own}(?:’s|'s)\s+(?:[\w-]+,?\s+){{0,2}}{body}"
        rf"|{own},?\s+(?:{BEING}|wore)\s+(?:[\w-]+,?\s+){{0,5}}{body}"
        rf"|{own}\b[^.;]{{0,80}}?\b(?:{their})\s+(?:[\w-]+,?\s+){{0,3}}{body}",
        re.IGNORECASE,
    )
    found = [p for p in about if shows.search(p.quote)]
    return sorted(found, key=lambda p: (-len(BODY.findall(p.quote)), p.chapter, p.start))


def _being(about: Iterable[Passage], person: Person) -> list[Passage]:
    """Sentences that say how the person is: the name, a verb of being, a word of temper."""
    names = _names([person])
    if names is None:
        return []
    is_so = re.compile(
        rf"{names.pattern},?\s+{BEING}\s+(?:(?!not\b|no\b)[\w-]+,?\s+){{0,3}}?{TEMPER.pattern}",
        re.IGNORECASE,
    )
    return [p for p in about if is_so.search(p.quote)]


def _doing(about: Iterable[Passage], person: Person, verbs: str) -> list[Passage]:
    """Sentences in which the person is the one of whom the verbs are said."""
    names = _names([person])
    if names is None:
        return []
    does = re.compile(rf"{names.pattern},?\s+(?:[\w-]+\s+){{0,2}}?{verbs}\b", re.IGNORECASE)
    return [p for p in about if does.search(p.quote)]


def _shown(passages: Sequence[Passage]) -> Claim | None:
    """The book's own sentences as the field's text."""
    chosen = tuple(sorted(passages[:MOST], key=lambda p: (p.chapter, p.start)))
    if not chosen:
        return None
    return Claim(text=" ".join(_flat(p.quote) for p in chosen), passages=chosen)


def _said(own: Sequence[Passage], pattern: re.Pattern[str]) -> Claim | None:
    """The person's own words that match, the shortest of the clear ones first."""
    matches = [p for p in own if pattern.search(p.quote) and 4 <= len(p.quote.split()) <= 45]
    matches.sort(key=lambda p: (abs(len(p.quote.split()) - 14), p.chapter, p.start))
    chosen = tuple(matches[:1])
    if not chosen:
        return None
    return Claim(text=f"In their own words: “{_flat(chosen[0].quote)}”", passages=chosen)


def _voice(own: Sequence[Passage]) -> Claim | None:
    """How long the speeches are, what they ask and cry, which words return; two lines as samples."""
    if len(own) < LEAST_LINES:
        return None
    lengths = sorted(len(p.quote.split()) for p in own)
    median = lengths[len(lengths) // 2]
    asks = sum("?" in p.quote for p in own) / len(own)
    cries = sum("!" in p.quote for p in own) / len(own)
    size = "short" if median <= 8 else "long" if median >= 25 else "middling"
    parts = [f"{len(own)} speeches, {size} ones ({median} words at the median)"]
    if asks >= 0.25:
        parts.append(f"a question in {asks:.0%} of them")
    if cries >= 0.25:
        parts.append(f"an exclamation in {cries:.0%}")
    if favorite := _favorites(own):
        parts.append(f"returning words: {', '.join(favorite)}")
    samples = sorted(own, key=lambda p: (abs(len(p.quote.split()) - 12), p.chapter, p.start))[:MOST]
    return Claim(text="; ".join(parts).capitalize() + ".", passages=tuple(samples))


def _favorites(own: Sequence[Passage]) -> list[str]:
    words = Counter(
        word for p in own for word in words_of(p.quote) if len(word) > 2 and word not in STOP
    )
    return [word for word, count in words.most_common(4) if count >= 3]


def _arc(about: Sequence[Passage]) -> Claim | None:
    """Where the book first and last shows them; what lies between, rules cannot say."""
    if len(about) < 2 or about[0].chapter == about[-1].chapter:
        return None
    first, last = about[0], about[-1]
    text = (
        f"First shown in chapter {first.chapter + 1}: “{_flat(first.quote)}”"
        f" Last in chapter {last.chapter + 1}: “{_flat(last.quote)}”"
    )
    return Claim(text=text, passages=(first, last))


def _flat(text: str) -> str:
    return " ".join(text.split())
