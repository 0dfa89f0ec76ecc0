"""What a book shows of one person, by rules: sentences found by pattern, quoted, never rephrased."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from scriptwriter.prose.motifs import words_of
from scriptwriter.prose.names import quoted_spans
from scriptwriter.prose.passages import Claim, Passage
from scriptwriter.prose.sentences import quotable
from scriptwriter.prose.types import Person

MOST = 2  # passages a field
MAIN = 8  # of the cast, most present first: whose wishes are more than small talk
LEAST_LINES = 4  # of speech, before anything is said about a voice
BODY = (
    r"(?:eyes|hair|face|beard|nose|brows?|cheeks?|complexion|figure|coat|gown|hat|lips|teeth|forehead"
    r"|shoulders|hands|skin|head|moustache|whiskers|uniform|man|woman|boy|girl|lady|gentleman|fellow)"
)
LOOK = (
    r"(?:tall|short|small|stout|fat|thin|slender|lean|broad|large|little|long|heavy|handsome|pretty|beautiful"
    r"|ugly|plain|pale|bald|dark|fair|black|white|gr[ae]y|brown|red|blue|green|golden|ruddy|rosy|curly"
    r"|wrinkled|bearded|hooked|sharp|bright|old|young|freckled|sunburnt|gaunt|burly|strong|lame|blind)"
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
HABIT = (
    r"(?:always|seldom|liked to|loved to|hated to|was in the habit of|had a habit of|was proud of)"
)
PAST = r"had (?:been|lived|served|sailed|married|lost|spent|left|come from|grown up|worked|fought|buried)"
LONG_AGO = re.compile(
    r"\b(?:years?|months|ago|once|childhood|boyhood|born|widow\w*|orphan\w*|since|formerly|long before"
    r"|as a (?:boy|girl|child|young)|at (?:ten|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty))\b"
)
_TALK = r"(?:ask|tell|say|speak|talk|know|see|hear|have it|show|mention|add|go|come|get|look|be (?:rid|excused))"
WANT = re.compile(
    rf"\bI (?:only |do |must )?(?:want|wish|mean|intend|long|hope|am determined|am resolved) to (?!{_TALK}\b)"
    r"|\bI (?:only |do )?want (?:my|the|no|nothing)\b"
    r"|\ball I (?:want|wish|ask)\b|\bI would give (?:anything|my life|everything)\b",
    re.IGNORECASE,
)
GOAL = r"(?:wanted|wished|resolved|determined|intended|meant|longed|hoped|decided|swore|vowed) to"
NEED = re.compile(
    r"\bI (?:am|was|feel|felt|have been|’m|'m) (?:so |very |quite |all )*(?:alone|lonely|friendless|ashamed|homeless)\b"
    r"|\b(?:nobody|no one) (?:cares for|loves|wants|needs) me\b|\bI have no (?:friends?|home|family)\b",
    re.IGNORECASE,
)
LIE = re.compile(
    r"\bI (?:can never be|could never be|shall never be|will never be|am nothing|am not worthy|am not fit"
    r"|don[’']t deserve to|do not deserve to)\b"
    r"|\b(?:nobody|no one|everyone|everybody) (?:could ever|will ever|would ever|can) (?:love|trust|forgive|want) me\b",
    re.IGNORECASE,
)
GHOST = re.compile(
    r"\bwhen I was (?:a (?:child|boy|girl|lad|young)|young|little|small|\w+teen)\b"
    r"|\bmy (?:poor |dear |late |own )?(?:father|mother|brother|sister|wife|husband|child|son|daughter)"
    r" (?:died|is dead|was (?:killed|drowned|lost|murdered|hanged)|never came)\b"
    r"|\bI (?:lost|buried|killed) my\b|\bI(?:[’']ve| have) never forgotten\b",
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
        "backstory": _shown(_past(about, person)),
        "goals": _shown(_doing(about, person, GOAL)),
        "want": _said(own, WANT) if person in people[:MAIN] else None,
        "need": _said(own, NEED),
        "lie": _said(own, LIE),
        "ghost": _said(own, GHOST),
        "voice": _voice(own),
        "character_arc": _arc(_acting(about, person)),
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
    quoted = [_quoted(text) for text in chapters]
    return [
        passage
        for passage in quotable(list(chapters))
        if own.search(passage.quote)
        and not (others and others.search(own.sub("", passage.quote)))
        and not _is_spoken(passage, quoted[passage.chapter])
    ]


@lru_cache(maxsize=256)
def _quoted(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(quoted_spans(text))


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
    either = "|".join(re.escape(n) for n in longest_first)
    # "Miss Darcy" is not Darcy.
    return re.compile(rf"(?<!Miss )(?<!Mrs )(?<!Mrs\. )(?<!Lady )\b(?:{either})\b")


def _looks(about: Iterable[Passage], person: Person) -> list[Passage]:
    """Sentences that give the person a body: "X was a tall man", "X's gray eyes", "X wore"."""
    names = _names([person])
    if names is None:
        return []
    own = names.pattern
    shows = re.compile(
        rf"{own}(?:’s|'s)\s+(?:{LOOK},?\s+(?:and\s+)?)+{BODY}\b"
        rf"|{own}(?:’s|'s)\s+{BODY}\s+{BEING}\s+(?:[\w-]+\s+){{0,2}}?{LOOK}\b"
        rf"|{own},?\s+{BEING}\s+(?:an?\s+)?(?:[\w-]+,?\s+){{0,3}}?{LOOK},?\s+(?:[\w-]+,?\s+){{0,4}}{BODY}\b"
        rf"|{own},\s+an?\s+(?:[\w-]+,?\s+){{0,3}}?{LOOK},?\s+(?:[\w-]+\s+){{0,2}}{BODY}\b"
        rf"|{own},?\s+(?:\w+ly\s+)?(?:wore|was\s+dressed\s+in|was\s+wearing)\b"
        rf"|{own}\b[^.;]{{0,60}}?,\s+(?:wearing|dressed\s+in|in\s+(?:his|her)\s+\w+\s+(?:coat|trousers|gown|dress))\b"
    )
    return [p for p in about if shows.search(p.quote)]


def _being(about: Iterable[Passage], person: Person) -> list[Passage]:
    """Sentences that say how the person is: a word of temper, or what they always do."""
    names = _names([person])
    if names is None:
        return []
    is_so = re.compile(
        rf"{names.pattern},?\s+(?:{BEING}|had\s+(?:always|ever)\s+been)\s+"
        rf"(?:(?!not\b|no\b)[\w-]+,?\s+){{0,3}}?{TEMPER.pattern}"
        rf"|(?:^|[;,]\s+|\band\s+){names.pattern}\s+{HABIT}\b",
    )
    return [p for p in about if is_so.search(p.quote)]


def _past(about: Iterable[Passage], person: Person) -> list[Passage]:
    """What somebody had been or done long before, not a minute ago."""
    lived = [p for p in _doing(about, person, PAST) if LONG_AGO.search(p.quote)]
    return [p for p in lived if not re.search(r"\bhad been \w+ing\b", p.quote)]


def _doing(about: Iterable[Passage], person: Person, verbs: str) -> list[Passage]:
    """Sentences in which the person is the one of whom the verbs are said."""
    names = _names([person])
    if names is None:
        return []
    does = re.compile(rf"{names.pattern},?\s+(?:[\w-]+\s+){{0,2}}?{verbs}\b")
    return [p for p in about if does.search(p.quote)]


def _shown(passages: Sequence[Passage]) -> Claim | None:
    """The book's own sentences as the field's text."""
    chosen = tuple(sorted(passages[:MOST], key=lambda p: (p.chapter, p.start)))
    if not chosen:
        return None
    return Claim(text=" ".join(_flat(p.quote) for p in chosen), passages=chosen)


def _said(own: Sequence[Passage], pattern: re.Pattern[str]) -> Claim | None:
    """The person's own words that match, the shortest of the clear ones first."""
    matches = [p for p in own if pattern.search(p.quote) and 4 <= len(p.quote.split()) <= 35]
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
    size = "Short" if median <= 8 else "Long" if median >= 25 else "Middling"
    parts = [f"{size} speeches, {len(own)} in all; half of them have {median} words or fewer."]
    if asks >= 0.25:
        parts.append(f"{asks:.0%} of them ask a question.")
    if cries >= 0.25:
        parts.append(f"{cries:.0%} of them are exclaimed.")
    if favorite := _favorites(own):
        parts.append(f"Words that return: {', '.join(favorite)}.")
    samples = sorted(own, key=lambda p: (abs(len(p.quote.split()) - 12), p.chapter, p.start))[:MOST]
    return Claim(text=" ".join(parts), passages=tuple(samples))


def _favorites(own: Sequence[Passage]) -> list[str]:
    words = Counter(
        word for p in own for word in words_of(p.quote) if len(word) > 2 and word not in STOP
    )
    return [word for word, count in words.most_common(4) if count >= 3]


def _acting(about: Sequence[Passage], person: Person) -> list[Passage]:
    """Sentences that open with the person doing, feeling or deciding something."""
    names = _names([person])
    if names is None:
        return []
    acts = re.compile(
        rf"^(?:[\w’']+,?\s+){{0,6}}?{names.pattern}\s+(?:\w+ly\s+)?(?!said\b|asked\b|replied\b|answered\b)"
        r"(?:\w{3,}ed|had|was|felt|knew|thought|went|came|took|stood|sat|put|gave|left|ran|found|saw|held|kept"
        r"|told|made|began|lay|turned|rose|fell|broke|wrote|understood|caught|threw|swore|chose)\b"
    )
    return [p for p in about if acts.search(p.quote)]


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
