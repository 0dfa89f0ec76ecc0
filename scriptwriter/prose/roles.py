"""People who go by what they are: "the curate", "my brother"; and "the doctor" for Dr. Livesey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from scriptwriter.prose.clusters import Cluster
from scriptwriter.prose.evidence import Form, Usage, pronoun_after, usage
from scriptwriter.prose.honorifics import DOTTED, HONORIFICS, honorific
from scriptwriter.prose.names import Chapter
from scriptwriter.prose.rolenouns import KIN, ROLES
from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

_ROLE = re.compile(
    r"\b([Tt]he|[Mm]y)\s+(?:(?:old|young|little|poor|good|dear)\s+)?([a-z]+(?:-[a-z]+)?)(?![\w-])"
)
# Somebody without a name is a person of the book from this much on.
LEAST_COUNT = 8
LEAST_SPEECH = 2
LEAST_EVIDENCE = 5.0
SILENT_EVIDENCE = 12.0
LEAST_PER_MENTION = 0.15
MOST_ASKED = 60
# "The doctor" this many times as frequent as Dr. Smith is probably not Dr. Smith.
BEARER_SHARE = 8
KNOWN_AS_SHARE = 10


@dataclass(slots=True, eq=False)
class Role:
    """A role word of a book: who bears it beside a name, and whether somebody has no other name."""

    name: str
    surfaces: list[tuple[str, ...]]
    gender: Gender = ""
    bearers: list[Cluster] = field(default_factory=list)
    is_sure: bool = False  # exactly one bearer, so that the role always means them
    is_person: bool = False


@dataclass(slots=True)
class _Tally:
    count: Counter[int] = field(default_factory=Counter)
    speech: int = 0
    human: float = 0.0
    pronouns: Counter[Gender | None] = field(default_factory=Counter)

    @property
    def gender(self) -> Gender:
        male, female = self.pronouns["male"], self.pronouns["female"]
        if male + female < 3 or 0.3 < male / (male + female) < 0.7:
            return ""
        return "male" if male > female else "female"

    def add(self, chapter: int, seen: Usage) -> None:
        self.count[chapter] += 1
        self.speech += seen.speaks
        self.human += seen.human


def find_roles(
    chapters: Sequence[Chapter],
    clusters: Sequence[Cluster],
    *,
    forms: Sequence[Form],
    narrated: bool,
    german: bool,
) -> tuple[list[Cluster], list[Role]]:
    """The clusters that are no role of another, and the role words that speak and act in narration.

    `narrated` says that an "I" tells the book, so that "my brother" is one person.
    """
    kept = _apart_from_titles(clusters)
    capitals = {form.name.first.lower() for form in forms if _is_bare(form)}
    if german:
        return kept, []
    tallies = _tallies(chapters, narrated=narrated)
    for word in sorted((capitals & HONORIFICS.keys()) - DOTTED):
        tallies.setdefault(("the", word), _Tally())
    taken = {form.name.first.lower(): one for one in kept for form in one.forms if _is_bare(form)}
    roles = []
    for (article, word), tally in sorted(
        tallies.items(), key=lambda item: (-item[1].count.total(), item[0])
    ):
        role = _judge(article, word, tally=tally, clusters=kept)
        if article == "the" and word in capitals:
            role.surfaces.append((word.capitalize(),))
        if word in taken and article == "the":
            # "the king" is "the King" of the same book.
            role.bearers, role.is_sure, role.is_person = [taken[word]], True, False
        if role.is_person or role.bearers:
            roles.append(role)
    return kept, roles


def _apart_from_titles(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Take "Doctor" out of the clusters where the book has a Dr. Watson: it is his role."""
    kept = []
    for cluster in clusters:
        word = cluster.forms[0].name.first.lower()
        title = honorific(word)
        alone = all(_is_bare(form) and form.name.first.lower() == word for form in cluster.forms)
        if not (alone and title is not None and _borne(cluster, title.title, clusters)):
            kept.append(cluster)
    return kept


def _borne(cluster: Cluster, title: str, clusters: Sequence[Cluster]) -> bool:
    bearers = _bearers(title, clusters) if title not in _STYLES else []
    return cluster.count <= BEARER_SHARE * sum(
        one.count for one in bearers if _titled(one, title) > 1
    )


def _bearers(title: str, clusters: Sequence[Cluster]) -> list[Cluster]:
    """Who is called so, most often first; a title given once or twice in jest makes no bearer."""
    bearers = [one for one in clusters if title in one.titles]
    if len(bearers) > 1:
        bearers = [one for one in bearers if KNOWN_AS_SHARE * _titled(one, title) >= one.count]
    return sorted(bearers, key=lambda one: -_titled(one, title))


def _is_bare(form: Form) -> bool:
    return len(form.name.core) == 1 and not form.name.titles


def _tallies(chapters: Sequence[Chapter], *, narrated: bool) -> dict[tuple[str, str], _Tally]:
    tallies: dict[tuple[str, str], _Tally] = {}
    for chapter in chapters:
        for match in _ROLE.finditer(chapter.text):
            article, word = match[1].lower(), match[2]
            wanted = word in ROLES if article == "the" else narrated and word in KIN
            if not wanted or chapter.is_quoted(match.start()):
                continue
            tally = tallies.setdefault((article, word), _Tally())
            tally.pronouns[pronoun_after(chapter.text, match.end(), match.end() + 120)] += 1
            tally.add(chapter.number, usage(chapter.text, match.start(), match.end()))
    return tallies


def _judge(article: str, word: str, *, tally: _Tally, clusters: Sequence[Cluster]) -> Role:
    role = Role(name=f"{article} {word}", surfaces=[(article, word)])
    known = ROLES if article == "the" else KIN
    role.gender = known.get(word, "") or tally.gender
    title = honorific(word)
    if article == "the" and title is not None and word not in _STYLES:
        role.bearers = _bearers(title.title, clusters)
    total = tally.count.total()
    borne = {chapter for one in role.bearers for form in one.forms for chapter in form.chapters}
    free = sum(count for chapter, count in tally.count.items() if chapter not in borne)
    if len(role.bearers) == 1 and total <= BEARER_SHARE * role.bearers[0].count:
        role.is_sure = True
        return role
    share = free / max(total, 1)
    role.is_person = (
        free >= LEAST_COUNT
        and (tally.speech * share >= LEAST_SPEECH or tally.human * share >= SILENT_EVIDENCE)
        and tally.human * share >= max(LEAST_EVIDENCE, LEAST_PER_MENTION * min(free, MOST_ASKED))
    )
    return role


# "The lady" is any woman, whoever is called Lady Catherine.
_STYLES = frozenset(
    wordlist(
        """
    lady lord king queen prince princess mother father brother sister master
    """
    )
)


def _titled(cluster: Cluster, title: str) -> int:
    return sum(form.count for form in cluster.forms if title in form.name.titles)
