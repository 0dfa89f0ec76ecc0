"""What stays of the narration when a speech tag is taken out of it.

"said the Hatter, turning to Alice" leaves a manner of speaking, which becomes a parenthetical; "she
said at last, and kissed the boy" leaves an act whose subject went with the tag and is put
back; "when he could" leaves nothing anybody can film. No word that means something is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scriptwriter.prose.humanverbs import ACTS
from scriptwriter.prose.spoken import fold
from scriptwriter.prose.wordlist import wordlist

ASIDE_WORDS = 7  # a longer parenthetical is action
BRACKET_WORDS = 14
STUB_WORDS = 6
# Words that alone tell nothing.
EMPTY = frozenset(
    wordlist(
        """
    a an the and but or so then as at by for from in into of on to up out with when while until till after before if that
    which who whom whose what all he she it they we i you him her them his its their my our me us this these those there
    here now again once more could would should might may must can will had has have was were is be been did do does
    just only too also very much soon not no yet still than last
    """
    )
)
# Words in -ing that open no participle ("nothing could be said").
_NOUNS_IN_ING = frozenset(
    wordlist(
        "nothing something anything everything morning evening during according king being thing spring"
    )
)
_PRONOUNS = frozenset(["he", "she", "it", "they", "i", "we"])
_RELATIVES = frozenset(["who", "whom", "whose", "which", "that"])
_MANNERS = frozenset(
    wordlist(
        "with without in at as half almost still rather very quite after before on upon evidently"
    )
)
_SUBORDINATE = frozenset(["as", "while", "when", "for", "whilst"])
_SUBJECTS = frozenset(
    wordlist(
        "he she it they we i you the a an his her their my our its one this that these those there"
    )
)
# A narration that ends so had its end in the tag.
DANGLING = frozenset(
    wordlist(
        """
    that which who whom whose all as to of the a an and or but so what when while with in on at for than by from was is were
    he she it they i we had has be been not only merely
    """
    )
)
_BRACKET = re.compile(r"^[\s,;:—–-]*\(([^()]{2,90})\)")
_PAUSE = re.compile(r"[;:—–]|--")
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!Mr)(?<!Mrs)(?<!Dr)(?<!St)[.!?…][’”\"')]*\s+")
_EDGE = re.compile(r"^[\s,;:.\-–—]+|[\s,;:\-–—]+$")
_JOINT_START = re.compile(r"^(?:and|but|then|so)\b,?\s*", re.IGNORECASE)
_JOINT_END = re.compile(r"[\s,;:\-–—]+(?:and|but|then|so)$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:—–]\s*|(?<=[.!?])\s+|--\s*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADVERB = re.compile(r"(?i)^(?:\w+ly|then|again|here|now|at|once|still|just|only)$")
_STOPS_SUBJECT = _MANNERS | frozenset(
    wordlist("to from of into after upon on over by through again aloud presently quietly at")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftover:
    """`aside` is a manner for a parenthetical, `action` sentences of narration; either may be ""."""

    aside: str = ""
    action: str = ""


def subject_of(tag: str, verb: str) -> str:
    """The words of a tag that name who speaks ("the Hatter", "she"), "" where they are not plain."""
    found = _WORD.findall(tag)
    low = [word.lower() for word in found]
    first = verb.lower().split()[0] if verb else ""
    if first not in low:
        return ""
    at = low.index(first)
    named = [word for word in found[:at] if not _ADVERB.match(word)] or found[at + 1 :]
    while named and (named[0].lower() in ("out", "on", "and", "but") or _ADVERB.match(named[0])):
        named = named[1:]
    kept: list[str] = []
    for word in named:
        if word.lower() in _STOPS_SUBJECT or (_ADVERB.match(word) and word.islower()):
            break
        kept.append(word)
    plain = kept and (kept[0].lower() in _SUBJECTS or kept[0][:1].isupper())
    if not plain or len(kept) > 4:
        return ""
    if kept[-1].lower() in ("mr", "mrs", "dr") or not _is_written(tag, kept):
        return _written(tag, kept)
    return " ".join(kept)


def _is_written(tag: str, kept: list[str]) -> bool:
    return " ".join(kept) in fold(tag)


def _written(tag: str, kept: list[str]) -> str:
    """The subject with its dots: "Mr. Bennet"."""
    match = re.search(r"[.\s]+".join(map(re.escape, kept)), tag)
    return fold(match.group()) if match else ""


def belongs_to(text: str, tag: str, subject: str) -> bool:
    """Whether a relative clause behind a tag tells of its end: "he cried to the man who drove"."""
    first = _WORD.search(text)
    if first is None or first.group().lower() not in _RELATIVES:
        return False
    return not subject or not fold(tag).rstrip(" ,;:.—–-").endswith(subject)


def is_empty(text: str) -> bool:
    """Whether only words that alone tell nothing are left."""
    words = [word.lower() for word in _WORD.findall(text)]
    return len(words) <= STUB_WORDS and all(word in EMPTY for word in words)


def is_dangling(text: str) -> bool:
    """Whether narration breaks off before what it leads to ("she contented herself with")."""
    last = _WORD.findall(text[-24:])[-1:]
    return bool(last) and last[0].lower() in DANGLING


def leading_to(text: str, tag: str) -> str:
    """Narration before a tag: what stands well without it; else the tag is put back."""
    kept = fold(text)
    if _is_subject_of(kept, tag):
        return _EDGE.sub("", f"{kept} {fold(tag)}")
    while True:
        kept = _trimmed(kept)
        if not kept or kept[-1] in ".!?…”’\"')":
            return _complete(kept)
        cut = _last_clause(kept)
        clause = kept[cut:]
        if is_empty(clause):
            kept = kept[:cut]
        elif is_dangling(clause):
            return _EDGE.sub("", f"{fold(text)} {fold(tag)}")
        else:
            return _complete(kept)


def _is_subject_of(text: str, tag: str) -> bool:
    """Whether a tag without subject or "and" takes the verb from what stands before it."""
    first = _WORD.search(tag)
    if not text or first is None or text[-1] in ".!?…;:”" or _JOINT_END.search(f" {text}"):
        return False
    word = first.group()
    return not (_is_subject(word) or word.lower() in ("and", "but", "then", "so"))


def _trimmed(text: str) -> str:
    """Without joints at the end."""
    while True:
        shorter = _JOINT_END.sub("", re.sub(r"[\s,;:\-–—]+$", "", text))
        if re.fullmatch(r"(?:and|but|then|so)", shorter, re.IGNORECASE):
            return ""
        if shorter == text:
            return text
        text = shorter


def _last_clause(text: str) -> int:
    ends = [match.end() for match in _CLAUSE.finditer(text)]
    return ends[-1] if ends else 0


def _complete(text: str) -> str:
    """ "When he had finished," alone is no sentence: "he had finished" is."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start = ends[-1] if ends else 0
    words = text[start:].split()
    clauses = _CLAUSE.search(text, start)
    if clauses or len(words) < 3 or words[0].lower() not in _SUBORDINATE:
        return text
    if not _is_subject(words[1]):
        return text
    return text[:start] + _capital(" ".join(words[1:]))


def left_by(text: str, subject: str) -> Leftover:
    """Narration behind a tag: the first sentence is what the tag left, the rest stands by itself."""
    text = fold(text)
    end = _SENTENCE_END.search(text)
    head, rest = (text[: end.end()], text[end.end() :]) if end else (text, "")
    if text[:1] in ".!?…" and not text.startswith("..."):
        head, rest = "", text
    found = _first(head.strip(), subject)
    rest = _EDGE.sub("", rest)
    actions = [part for part in (found.action, _capital(rest)) if part]
    return Leftover(aside=found.aside, action=" ".join(actions))


def _first(head: str, subject: str) -> Leftover:
    bracket = _BRACKET.match(head)
    if bracket and len(bracket[1].split()) <= BRACKET_WORDS:
        rest = _EDGE.sub("", head[bracket.end() :])
        return Leftover(aside=bracket[1].strip(" ,.;"), action=_ended(_capital(rest)))
    text = _EDGE.sub("", head)
    pause = _PAUSE.search(text)
    if pause and _is_aside(text[: pause.start()].split()):
        rest = _EDGE.sub("", text[pause.end() :])
        return Leftover(aside=text[: pause.start()].strip(), action=_ended(_capital(rest)))
    if text.count("(") != text.count(")"):
        text = _EDGE.sub("", text.replace("(", "").replace(")", ""))
    bare = _JOINT_START.sub("", text)
    if is_empty(bare):
        return Leftover()
    words = bare.split()
    if bare == text and _is_aside(words):
        return Leftover(aside=bare.rstrip(".!?"))
    return Leftover(action=_ended(_with_subject(bare, words, subject)))


def _is_aside(words: list[str]) -> bool:
    return 0 < len(words) <= ASIDE_WORDS and _is_manner(words)


def _is_manner(words: list[str]) -> bool:
    first = words[0].lower().rstrip(",.!?")
    if first in _SUBORDINATE and len(words) > 1 and _is_subject(words[1]):
        return False
    if _ADVERB.match(first) and len(words) > 1 and _is_participle(words[1].lower()):
        return True
    return _is_participle(first) or first in _MANNERS or bool(re.fullmatch(r"\w+ly", first))


def _is_participle(word: str) -> bool:
    word = word.rstrip(",.!?;:")
    return len(word) > 4 and word.endswith("ing") and word not in _NOUNS_IN_ING


def _with_subject(text: str, words: list[str], subject: str) -> str:
    """The leftover as a sentence of its own, with the subject that went with the tag."""
    first = words[0].lower()
    following = words[1] if len(words) > 1 else ""
    if first == "who" and subject and not _is_subject(following):
        return _capital(f"{subject} {' '.join(words[1:])}")
    if first in _SUBORDINATE and _is_subject(following):
        return _capital(" ".join(words[1:]))
    if subject and _is_participle(first) and subject.lower() not in _PRONOUNS:
        return _capital(f"{subject}, {text}")
    verb = following.lower() if _ADVERB.match(first) else first
    if subject and _is_finite(verb) and not words[0][:1].isupper():
        return _capital(f"{subject} {text}")
    return _capital(text)


def _is_subject(word: str) -> bool:
    return word.lower() in _SUBJECTS or word[:1].isupper()


def _is_finite(word: str) -> bool:
    word = word.strip(",;:.")
    return word in ACTS or (len(word) > 4 and word.endswith("ed"))


def _ended(text: str) -> str:
    if not text:
        return ""
    return text if text[-1:] in ".!?…—”’\"')" else f"{text.rstrip(',;:- ')}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
