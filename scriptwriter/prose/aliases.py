"""Rules that join the names of one person, from the surest to the weakest (STORY 9.3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from scriptwriter.prose.clusters import (
    DOMINANCE,
    RANKS,
    WOMENS,
    Cluster,
    Partition,
    best_bearer,
    body_of,
    given_of,
    givens_agree,
    pronoun_gender,
    surname_of,
)
from scriptwriter.prose.evidence import Form, Sighting
from scriptwriter.prose.firstnames import SHORT_FORMS, first_name_gender, may_be_short_for
from scriptwriter.prose.honorifics import HONORIFICS
from scriptwriter.prose.names import Chapter
from scriptwriter.prose.wives import join_introduced
from scriptwriter.prose.wordlist import wordlist

# "Silver, known as Barbecue", "the Hatter, whom they called Theo", "Arthur, now Lord Godalming".
_ALIAS = re.compile(
    r",?\s+\(?(?:also\s+|better\s+|otherwise\s+|then\s+|usually\s+|commonly\s+)?"
    r"(?:known\s+(?:as|to\s+\w+\s+\w+\s+as)|nicknamed|alias|a\.k\.a\.|aka|whom\s+\w+\s+called|"
    r"who\s+was\s+called|(?:\w+\s+){1,4}call(?:ed|s)?\s+(?:him|her|them)|who\s+called\s+(?:him|her)self|real\s+name|born|n[ée]e|now)"
    r",?\s+(?:the\s+)?[\"“‘']?"
)
_MAYBE_ALIAS = frozenset({"now", "born"})
# A rarer "Mrs. Moritz" has had no chance to stand beside the woman she is not.
LEAST_WIFE = 5
# Names with many bearers would cost a square; no sane book has more bearers of one word.
_MOST_BEARERS = 60


class Namesakes:
    """Finds the forms that hold a word."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._by_word: dict[str, list[Form]] = defaultdict(list)
        self._by_start: dict[str, list[Form]] = defaultdict(list)
        for form in forms:
            for word in set(body_of(form)):
                self._add(self._by_word[word], form)
            if not form.is_epithet:
                self._add(self._by_start[form.name.first[:3]], form)

    @staticmethod
    def _add(forms: list[Form], form: Form) -> None:
        if len(forms) < _MOST_BEARERS:
            forms.append(form)

    def of(self, word: str) -> list[Form]:
        """Forms that hold `word`."""
        return self._by_word.get(word, [])

    def long_for(self, short: str) -> list[Form]:
        """Forms whose first name `short` may stand for."""
        near = list(self._by_start.get(short[:3], []))
        for full in sorted(SHORT_FORMS.get(short, ())):
            near.extend(self.of(full))
        return [form for form in near if may_be_short_for(short, form.name.first)]


def join_aliases(
    partition: Partition,
    forms: Sequence[Form],
    sightings: Sequence[Sighting],
    *,
    chapters: Sequence[Chapter],
) -> None:
    """Join the forms of one person in `partition`."""
    namesakes = Namesakes(forms)
    forms = sorted(forms, key=lambda form: (-form.count, form.first))
    _join_stated(partition, sightings, chapters)
    for form in forms:
        if len(form.name.core) > 1:
            _join_full(partition, form, namesakes)
    bare = [form for form in forms if len(form.name.core) == 1 and not form.name.titles]
    for form in bare:
        _join_given(partition, form, namesakes)
    join_introduced(partition, sightings, chapters)
    titled = [form for form in forms if len(form.name.core) == 1 and form.name.titles]
    # A mother's "Mrs." is judged by whether the daughter is a "Miss", so that goes first.
    for form in sorted(titled, key=lambda form: bool(MARRIED & set(form.name.titles))):
        _join_titled(partition, form, namesakes)
    for form in bare:
        _join_bare(partition, form, namesakes)
    for form in forms:
        if len(form.name.core) == 1:
            _join_short(partition, form, namesakes)
    _join_married(partition, forms, namesakes)


def _join_stated(
    partition: Partition, sightings: Sequence[Sighting], chapters: Sequence[Chapter]
) -> None:
    """Join where the text says that two names are one: "X, known as Y"."""
    for before, after in pairwise(sightings):
        if before.chapter != after.chapter or not 0 < after.start - before.end < 48:
            continue
        between = chapters[before.chapter].text[before.end : after.start]
        match = _ALIAS.fullmatch(between)
        if match is None or not (partition.knows(before.form) and partition.knows(after.form)):
            continue
        if _MAYBE_ALIAS & set(between.split()) and "," not in between:
            continue
        partition.join(partition.cluster_of(before.form), partition.cluster_of(after.form))


def _join_full(partition: Partition, form: Form, namesakes: Namesakes) -> None:
    """ "John Silver" in "Long John Silver", "Quincey Morris" and "Quincey P. Morris", one name with two titles."""
    core = form.name.core
    hosts: list[Cluster] = []
    for other in namesakes.of(core[-1]) + namesakes.of(core[0]):
        cluster, own = partition.cluster_of(other), partition.cluster_of(form)
        if other is form or cluster is own:
            continue
        if other.name.core == core or _same_ends(other.name.core, core):
            partition.join(cluster, own)
        elif _holds(body_of(other), core) and cluster not in hosts:
            hosts.append(cluster)
    own = partition.cluster_of(form)
    host = best_bearer([one for one in hosts if partition.may_join(one, own)], _count)
    if host is not None:
        partition.join(host, own)


def _count(cluster: Cluster) -> int:
    return cluster.count


def _holds(whole: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether the words of `part` stand in `whole` in this order."""
    if len(part) >= len(whole):
        return False
    words = iter(whole)
    return all(word in words for word in part)


def _same_ends(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """First names that agree and one surname: "Lizzy Bennet" and "Elizabeth Bennet"."""
    return len(one) > 1 and one[-1] == other[-1] and givens_agree(one[0], other[0])


def _join_titled(partition: Partition, form: Form, namesakes: Namesakes) -> None:
    """ "Mr. Darcy" and "Fitzwilliam Darcy"; "Miss Eliza" and "Eliza"; "Lady Catherine" and her full name."""
    word, own = form.name.first, partition.cluster_of(form)
    takes = HONORIFICS[form.name.titles[-1]].takes
    candidates: list[Cluster] = []
    for other in namesakes.of(word):
        cluster = partition.cluster_of(other)
        if cluster in candidates or not _fits_title(form, other, takes):
            continue
        if _title_may_join(partition, form, cluster, namesakes):
            candidates.append(cluster)
    if len(women := _women(partition, word, namesakes)) > 1:
        if form.name.titles[-1] in MARRIED:
            return
        if form.name.titles[-1] == "miss":
            eldest = _eldest(women, word)
            candidates = [one for one in candidates if one is eldest]
    candidates = [one for one in candidates if one.fulls] or candidates
    host = best_bearer(candidates, lambda cluster: cluster.weight(word))
    if host is not None:
        partition.join(host, own)


def _fits_title(form: Form, other: Form, takes: str) -> bool:
    if other is form:
        return False
    word = form.name.first
    if len(other.name.core) == 1:
        # A bare word joins later; "Mr. Smollett" and "Captain Smollett" now, but not "Mrs. Forster" and
        # "Colonel Forster".
        titles, others = set(form.name.titles), set(other.name.titles)
        return bool(others) and bool(titles & WOMENS) == bool(others & WOMENS)
    as_surname = surname_of(other) == word and takes in {"surname", "either"}
    as_given = given_of(other) == word and (
        takes in {"given", "either"}
        or bool(first_name_gender(word))
        or form.name.titles[-1] in RANKS  # "Captain Jory" beside Captain Jory Pascoe
    )
    return as_surname or as_given


def _title_may_join(
    partition: Partition, form: Form, cluster: Cluster, namesakes: Namesakes
) -> bool:
    own, title = partition.cluster_of(form), form.name.titles[-1]
    if not partition.may_join(cluster, own):
        return False
    gender = HONORIFICS[title].gender
    if gender and cluster.gender and cluster.gender != gender:
        return False
    if title in _CROWNED and title not in cluster.titles:
        return False
    strange = form.name.first not in cluster.surnames and not first_name_gender(form.name.first)
    if title in RANKS - cluster.titles and strange:
        return False
    if partition.are_two(cluster, own):
        return False
    if title in WOMENS and cluster.titles & RANKS and cluster.listed_gender != "female":
        return False
    if title in MARRIED and surname_of(form) in cluster.surnames:
        # A mother bears the surname of her grown daughters: only a woman who is never "Miss", and has a
        # man of that name beside her, is she.
        return (
            form.count >= LEAST_WIFE
            and "miss" not in cluster.titles
            and cluster.gender == "female"
            and bool(cluster.givens)
            and _borne_by_a_man(partition, form.name.first, namesakes)
        )
    return True


MARRIED = frozenset({"mrs", "lady", "madame", "signora", "señora", "frau"})
_CROWNED = frozenset(
    wordlist(
        """
    king queen emperor empress pope tsar tsarina sultan
    """
    )
)


def _borne_by_a_man(partition: Partition, surname: str, namesakes: Namesakes) -> bool:
    return any(
        surname_of(other) == surname and partition.cluster_of(other).gender == "male"
        for other in namesakes.of(surname)
    )


def _women(partition: Partition, surname: str, namesakes: Namesakes) -> list[Cluster]:
    """Women whose full name ends with this surname."""
    women: list[Cluster] = []
    for other in namesakes.of(surname):
        cluster = partition.cluster_of(other)
        if len(other.name.core) < 2 or other.name.last != surname or cluster in women:
            continue
        if cluster.gender == "female":
            women.append(cluster)
    return women


def _eldest(women: Sequence[Cluster], surname: str) -> Cluster | None:
    """Among sisters, "Miss Bennet" is the one nobody calls "Miss Jane"."""
    never = [
        one
        for one in women
        if not one.titles & MARRIED
        and not any("miss" in form.name.titles and form.name.first != surname for form in one.forms)
    ]
    return best_bearer(never, _count)


def _join_given(partition: Partition, form: Form, namesakes: Namesakes) -> None:
    """ "Elizabeth" to "Elizabeth Bennet"."""
    word = form.name.first
    hosts = [other for other in namesakes.of(word) if given_of(other) == word]
    lasts = sum(other.count for other in namesakes.of(word) if surname_of(other) == word)
    if lasts > sum(other.count for other in hosts):
        return
    _join_to(partition, form, hosts, weight=lambda cluster: cluster.weight(word))


def _join_bare(partition: Partition, form: Form, namesakes: Namesakes) -> None:
    """ "Darcy" to "Mr. Darcy", "Rabbit" to "White Rabbit"."""
    word = form.name.first
    if partition.cluster_of(form).givens:
        return
    hosts = [other for other in namesakes.of(word) if not form.is_epithet or _heads(other, word)]
    _join_to(partition, form, hosts, weight=lambda cluster: cluster.bare_weight(word))


def _join_to(
    partition: Partition, form: Form, hosts: Sequence[Form], *, weight: Callable[[Cluster], int]
) -> None:
    """Join a bare word to the one of its bearers that fits."""
    own = partition.cluster_of(form)
    candidates: list[Cluster] = []
    for other in hosts:
        cluster = partition.cluster_of(other)
        if cluster in candidates or not weight(cluster):
            continue
        if partition.may_join(cluster, own):
            candidates.append(cluster)
    gender = pronoun_gender([form], least=3, share=0.7) or first_name_gender(form.name.first)
    host = best_bearer(candidates, weight, gender=gender)
    if host is not None and _gender_fits(host, gender) and _share_chapter(form, host):
        partition.join(host, own)


def _share_chapter(form: Form, cluster: Cluster) -> bool:
    """Whether both names stand in one chapter; a name three chapters away may be a namesake's."""
    if any(form.chapters.keys() & other.chapters.keys() for other in cluster.forms):
        return True
    # Whoever was introduced by the full name may come back by the first.
    return form.first > min(other.first for other in cluster.forms) and bool(cluster.fulls)


def _heads(other: Form, word: str) -> bool:
    """Whether "Rabbit" is the noun of "White Rabbit", or of "Queen of Hearts"."""
    core = other.name.core
    if other.name.titles:
        return other.name.titles[-1] in {"herr", "frau"} and core == (word,)
    return core[-1] == word or (core[0] == word and "of" in core)


def _gender_fits(cluster: Cluster, gender: str) -> bool:
    return not (gender and cluster.hard_gender and cluster.hard_gender != gender)


def _join_short(partition: Partition, form: Form, namesakes: Namesakes) -> None:
    """ "Lizzy" to "Elizabeth", where the book has one Elizabeth and never sets the two side by side."""
    own = partition.cluster_of(form)
    if form.is_epithet or not _is_given(form):
        return
    candidates: list[Cluster] = []
    for other in namesakes.long_for(form.name.first):
        cluster = partition.cluster_of(other)
        if (
            cluster is own
            or cluster in candidates
            or _is_noble(cluster)
            or partition.are_two(cluster, own)
        ):
            continue
        if _same_sex(cluster, own) and not _two_families(cluster, own):
            candidates.append(cluster)
    host = best_bearer(candidates, _count)
    if host is not None and _share_chapter(form, host):
        partition.join(host, own)


def _two_families(one: Cluster, other: Cluster) -> bool:
    """Dick Johnson is not Richard Joyce."""
    lasts, others = ({form.name.last for form in side.fulls} for side in (one, other))
    return bool(lasts and others and not lasts & others)


def _is_noble(cluster: Cluster) -> bool:
    """Mostly "Lady Catherine": nobody shortens such a name."""
    styled = sum(
        form.count
        for form in cluster.forms
        if form.name.titles and HONORIFICS[form.name.titles[-1]].takes != "surname"
    )
    return 2 * styled > cluster.count and not cluster.titles & {"miss", "ms"}


def _is_given(form: Form) -> bool:
    if not form.name.titles:
        return True
    return HONORIFICS[form.name.titles[-1]].takes != "surname"


def _same_sex(one: Cluster, other: Cluster) -> bool:
    return not (one.gender and other.gender and one.gender != other.gender)


def _join_married(partition: Partition, forms: Sequence[Form], namesakes: Namesakes) -> None:
    """ "Mina Murray" and "Mina Harker", where the book has a Mrs. Harker and mostly says "Mina"."""
    for form in forms:
        own = partition.cluster_of(form)
        if len(body_of(form)) < 2 or own.gender != "female":
            continue
        for other in namesakes.of(given_of(form)):
            host = partition.cluster_of(other)
            alone = len(other.name.core) == 1 and not other.name.titles
            if not alone or host.gender != "female" or other.count <= DOMINANCE * form.count:
                continue
            surnames = host.surnames | own.surnames
            if _has_wife(surnames, namesakes) and form.chapters.keys() & other.chapters.keys():
                partition.merge(host, own)


def _has_wife(surnames: Iterable[str], namesakes: Namesakes) -> bool:
    return any(
        MARRIED & set(form.name.titles) for surname in surnames for form in namesakes.of(surname)
    )
