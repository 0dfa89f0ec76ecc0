"""The people of a book, found by rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from scriptwriter.prose.aliases import join_aliases
from scriptwriter.prose.cast import Alias, Cast
from scriptwriter.prose.clusters import Cluster, Partition, note_pairs
from scriptwriter.prose.evidence import Form, collect
from scriptwriter.prose.firstnames import first_name_gender
from scriptwriter.prose.judgment import candidates, is_person
from scriptwriter.prose.names import Census, Chapter, is_german, scan
from scriptwriter.prose.narrator import UNNAMED, find_narrators, narrated_first_person
from scriptwriter.prose.plays import people_of, speeches_of
from scriptwriter.prose.rolenouns import GENDERED_HEADS, KIN_NAMES
from scriptwriter.prose.roles import Role, find_roles
from scriptwriter.prose.types import Gender, Person

__all__ = ["Cast", "find_people"]

# A list longer than this is no cast any more; a hostile text must not make one.
MOST_PEOPLE = 400
# A full name is shown from this share of the titled name on: not "Alexander Smollett" for the captain.
COMMON = 0.08


@dataclass(slots=True)
class _Draft:
    """A person before keys are given: the names, and what is known."""

    name: str
    gender: Gender
    aliases: list[Alias]
    is_narrator: bool = False
    mentions: int = 0
    first: int = 0


def find_people(chapters: Sequence[str]) -> Cast:
    """Find everybody who is named in the chapters of one book, with all their names.

    Nothing is learned from outside: honorifics, verbs of speaking and acting, capitals inside sentences, and
    who stands beside whom decide. The same text gives the same cast, keys included.
    """
    read = [Chapter.of(text, number) for number, text in enumerate(chapters)]
    runs, census = scan(read)
    forms, sightings = collect(read, runs, census)
    german = is_german(census)
    forms = candidates(forms, census, german=german)
    partition = Partition(forms)
    note_pairs(partition, sightings, read)
    join_aliases(partition, forms, sightings, chapters=read)
    clusters = [one for one in partition.clusters if is_person(one, census, german=german)]
    clusters = sorted(clusters, key=lambda one: -one.count)[:MOST_PEOPLE]
    count_i = narrated_first_person(read)
    narrators = find_narrators(read, clusters) if count_i else []
    clusters, roles = find_roles(read, clusters, forms=forms, narrated=bool(count_i), german=german)
    drafts = [
        _draft(cluster, census, is_narrator=cluster in narrators, key=str(number))
        for number, cluster in enumerate(clusters)
    ]
    _add_roles(drafts, clusters, roles)
    _add_speakers(drafts, chapters)
    if count_i and not narrators:
        drafts.append(
            _Draft(name=UNNAMED, gender="", aliases=[], is_narrator=True, mentions=count_i)
        )
    return _ranked(drafts, chapters)


def _draft(cluster: Cluster, census: Census, *, is_narrator: bool, key: str) -> _Draft:
    aliases = []
    for form in sorted(cluster.forms, key=lambda one: -one.count):
        for words in sorted(form.surfaces, key=lambda one: -form.surfaces[one]):
            common = len(words) == 1 and census.is_common(words[0])
            aliases.append(Alias(key=key, words=_cut(words), is_word=common))
    return _Draft(
        name=display_name(cluster),
        gender=_gender(cluster),
        aliases=aliases,
        is_narrator=is_narrator,
    )


def _cut(words: Sequence[str]) -> tuple[str, ...]:
    """ "St. Clair" is one word of a name, but two in the text."""
    return tuple(part for word in words for part in word.split())


def _gender(cluster: Cluster) -> Gender:
    for form in cluster.forms:
        for word in (form.name.first.lower(), form.name.last.lower()):
            head = KIN_NAMES.get(word) or (GENDERED_HEADS.get(word) if form.is_epithet else "")
            if head:
                return head
    return cluster.gender


def display_name(cluster: Cluster) -> str:
    """The fullest name in common use: "Elizabeth Bennet", "Mr. Collins", "Scrooge"."""
    return " ".join(_display_words(cluster))


def _display_words(cluster: Cluster) -> tuple[str, ...]:
    surfaces: Counter[tuple[str, ...]] = Counter()
    for form in cluster.forms:
        surfaces.update(form.surfaces)
    titled = [form for form in cluster.forms if _is_styled(form)]
    titles = max((form.count for form in titled), default=0)
    counts: Counter[tuple[str, ...]] = Counter()
    for form in cluster.fulls:
        counts[form.name.core] += form.count
    # In the first mentions of somebody who is seldom named, one full name is common use.
    rare = min(2, cluster.count // 4)
    least = max(rare, COMMON * titles, COMMON * max(counts.values(), default=0))
    fulls = [form for form in cluster.fulls if counts[form.name.core] >= least]
    if fulls:
        best = max(fulls, key=lambda form: (len(form.name.core), form.count, -form.first))
        words = best.surfaces.most_common(1)[0][0]
        return best.name.core if set(best.name.titles) & _PLAIN else words
    if introduced := _introduced(cluster, surfaces):
        return introduced
    if 10 * sum(form.count for form in titled) >= cluster.count:
        return max(titled, key=lambda form: form.count).surfaces.most_common(1)[0][0]
    return surfaces.most_common(1)[0][0]


def _introduced(cluster: Cluster, surfaces: Counter[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The one full name of somebody who is mostly called by the first: "Harriet Tregear", once."""
    usual = surfaces.most_common(1)[0][0]
    fulls = {form.name.core for form in cluster.fulls if form.name.core[0] == usual[-1]}
    if len(usual) > 1 or len(fulls) != 1 or any(form.is_epithet for form in cluster.forms):
        return None
    (full,) = fulls
    return full if "of" not in full else None


def _is_styled(form: Form) -> bool:
    """A title that belongs to the name: "Mr. Collins", "Aunt Polly", not "Miss Alice"."""
    if not form.name.titles or len(form.name.core) > 1:
        return False
    return form.name.titles[-1] not in _PLAIN or not first_name_gender(form.name.first)


_PLAIN = {
    "mr",
    "mrs",
    "miss",
    "ms",
    "herr",
    "frau",
    "fräulein",
    "monsieur",
    "madame",
    "master",
    "honourable",
}


def _add_roles(drafts: list[_Draft], clusters: Sequence[Cluster], roles: Sequence[Role]) -> None:
    """Give "the doctor" to Dr. Livesey, or make a person of somebody who has no other name."""
    for role in roles:
        for rank, bearer in enumerate(role.bearers, start=1):
            number = clusters.index(bearer)
            drafts[number].aliases.extend(
                Alias(key=str(number), words=words, is_role=not role.is_sure, rank=rank)
                for words in role.surfaces
            )
        if role.is_person:
            key = str(len(drafts))
            aliases = [Alias(key=key, words=words, is_role=True) for words in role.surfaces]
            drafts.append(_Draft(name=role.name, gender=role.gender, aliases=aliases))


def _add_speakers(drafts: list[_Draft], chapters: Sequence[str]) -> None:
    """Whoever speaks in a play is somebody ("Lane", "First Clown"), and is called what the play calls them."""
    bearers = {
        _bare(alias): draft
        for draft in reversed(drafts)
        for alias in draft.aliases
        if not alias.is_role
    }
    said: Counter[str] = Counter()
    for speech in (one for text in chapters for one in speeches_of(text)):
        names = people_of(speech.name)
        said.update(names)
        if len(names) > 1 and (draft := bearers.pop(speech.name.casefold(), None)):
            draft.aliases = [one for one in draft.aliases if _bare(one) != speech.name.casefold()]
    labels = {name.casefold() for name in said}
    called = {id(bearers[label]) for label in labels if label in bearers}
    for name, _ in said.most_common(MOST_PEOPLE):
        draft = bearers.get(name.casefold()) or _titled(name, bearers, called)
        if draft is None:
            alias = Alias(key=str(len(drafts)), words=tuple(name.split()))
            drafts.append(_Draft(name=name, gender=_gender_of(name), aliases=[alias]))
            continue
        if name.casefold() not in bearers:
            words = tuple(name.split())
            draft.aliases.append(Alias(key=draft.aliases[0].key, words=words))
        if draft.name.casefold() not in labels:
            draft.name = name


def _bare(alias: Alias) -> str:
    return " ".join(alias.words).casefold()


def _titled(name: str, bearers: Mapping[str, _Draft], called: Set[int]) -> _Draft | None:
    """The one who is "Dr. Chasuble" where the play says "Chasuble" before each speech."""
    found = {
        id(one): one for alias, one in bearers.items() if alias.endswith(f" {name.casefold()}")
    }
    fitting = [one for key, one in found.items() if key not in called]
    return fitting[0] if len(fitting) == 1 else None


def _gender_of(name: str) -> Gender:
    first, last = name.split()[0].lower().rstrip("."), name.split()[-1].lower()
    for word in (first, last):
        if gender := KIN_NAMES.get(word) or GENDERED_HEADS.get(word):
            return gender
    return first_name_gender(first.capitalize())


def _ranked(drafts: Sequence[_Draft], chapters: Sequence[str]) -> Cast:
    """Count every draft's mentions, sort by them and give the keys p1, p2 …"""
    rough = Cast(people=(), names=tuple(alias for draft in drafts for alias in draft.aliases))
    offset = 0
    seen: set[int] = set()
    for text in chapters:
        for mention in rough.mentions(text):
            draft = drafts[int(mention.key)]
            draft.mentions += 1
            if int(mention.key) not in seen:
                seen.add(int(mention.key))
                draft.first = offset + mention.start
        offset += len(text)
    kept = [draft for draft in drafts if draft.mentions]
    kept.sort(key=lambda draft: (-draft.mentions, draft.first))
    people: list[Person] = []
    names: list[Alias] = []
    for number, draft in enumerate(kept, start=1):
        key = f"p{number}"
        names.extend(replace(alias, key=key) for alias in draft.aliases)
        people.append(_person(draft, key))
    return Cast(people=tuple(people), names=tuple(names))


def _person(draft: _Draft, key: str) -> Person:
    return Person(
        key=key,
        name=draft.name,
        aliases=tuple(dict.fromkeys(" ".join(alias.words) for alias in draft.aliases)),
        gender=draft.gender,
        mentions=draft.mentions,
        first=draft.first,
        is_narrator=draft.is_narrator,
    )
