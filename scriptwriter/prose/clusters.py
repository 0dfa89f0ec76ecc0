"""Names that belong to one person: union-find over reasons to link, refusing what contradicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from scriptwriter.prose.evidence import GENDERS, Form, Sighting
from scriptwriter.prose.firstnames import first_name_gender, may_be_short_for
from scriptwriter.prose.honorifics import HONORIFICS, SUFFIXES, TRADES
from scriptwriter.prose.names import Chapter
from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

RANKS = frozenset(
    title.title for title in HONORIFICS.values() if not title.gender and title.takes == "surname"
)
# Of these a woman has one, before her marriage or after.
WOMENS = frozenset(
    wordlist(
        """
    mrs miss lady madame dame countess duchess baroness señora frau
    """
    )
)
# One bearer must be this many times as frequent as the next to take a name both could bear.
DOMINANCE = 3
# Two names in one sentence of narration this often, and in this share of the rarer one, are two people.
TOGETHER = 2
TOGETHER_SHARE = 0.1
Pair = frozenset[int]


class Cluster:
    """Forms taken for one person, with what they say together."""

    def __init__(self, form: Form) -> None:
        self.forms: list[Form] = [form]

    @property
    def count(self) -> int:
        return sum(form.count for form in self.forms)

    @property
    def titles(self) -> set[str]:
        return {title for form in self.forms for title in form.name.titles}

    @property
    def hard_gender(self) -> Gender:
        """The gender titles tell: "Mr." or "Aunt"."""
        for form in self.forms:
            for title in form.name.titles:
                gender = HONORIFICS[title].gender
                if gender:
                    return gender
        return ""

    @property
    def gender(self) -> Gender:
        """The best guess from titles, first names, then pronouns after the name."""
        if self.hard_gender or self.listed_gender:
            return self.hard_gender or self.listed_gender
        return pronoun_gender(self.forms, least=1.5, share=0.6)

    @property
    def listed_gender(self) -> Gender:
        """The gender of the first name; a lone "Joyce" may be a surname, so there pronouns decide first."""
        votes: Counter[Gender] = Counter()
        for form in self.forms:
            votes[first_name_gender(given_of(form))] += form.count
        del votes[""]
        if votes:
            return votes.most_common(1)[0][0]
        for form in self.forms:
            votes[first_name_gender(form.name.first)] += form.count
        del votes[""]
        told = pronoun_gender(self.forms, least=5, share=0.75)
        return told or (votes.most_common(1)[0][0] if votes else "")

    @property
    def givens(self) -> set[str]:
        """Words that are first names here: all but the last of full names, and after "Aunt" or "Sir"."""
        words = {given_of(form) for form in self.forms}
        for form in self.forms:
            words.update(body_of(form)[:-1])
        return words - {""}

    @property
    def surnames(self) -> set[str]:
        return {surname for form in self.forms if (surname := surname_of(form))}

    @property
    def fulls(self) -> list[Form]:
        return [form for form in self.forms if len(body_of(form)) > 1]

    def weight(self, word: str) -> int:
        """How often the names that hold `word` stand in the book."""
        return sum(form.count for form in self.forms if word in form.name.core)

    def bare_weight(self, word: str) -> int:
        """How often the names stand that make `word` alone a name for this person.

        Nobody calls Mrs. or Miss Bingley "Bingley".
        """
        return sum(
            form.count
            for form in self.forms
            if word in form.name.core
            and not (WOMENS & set(form.name.titles) and form.name.core == (word,))
        )


def pronoun_gender(forms: Iterable[Form], *, least: float, share: float) -> Gender:
    """The gender of the pronouns that follow, if there are `least` and `share` of them agree."""
    forms = list(forms)
    male, female, thing = (sum(form.pronouns[gender] for form in forms) for gender in GENDERS)
    total = male + female
    if total < least or 2 * total < thing:
        return ""
    if male >= share * total:
        return "male"
    return "female" if female >= share * total else ""


def body_of(form: Form) -> tuple[str, ...]:
    """The words of a name without "Jr." and without a realm."""
    core = form.name.core
    if "of" in core:
        return core[: core.index("of")]  # the Queen of Hearts is no Hearts
    return core[:-1] if len(core) > 1 and core[-1].rstrip(".").lower() in SUFFIXES else core


def given_of(form: Form) -> str:
    """The first name in a form, as far as its shape tells."""
    body, titles = body_of(form), form.name.titles
    if len(body) > 1:
        return body[0]
    if titles and HONORIFICS[titles[-1]].takes == "given":
        return body[0]
    return ""


def surname_of(form: Form) -> str:
    """The surname in a form, as far as its shape tells."""
    body, titles = body_of(form), form.name.titles
    if len(body) > 1:
        return body[-1]
    if titles and HONORIFICS[titles[-1]].takes == "surname":
        return body[0]
    return ""


def givens_agree(one: str, other: str) -> bool:
    """Whether two first names can be one person's: equal, an initial, or a short form."""
    if one == other:
        return True
    if one.endswith(".") or other.endswith("."):
        return one[0] == other[0]
    return may_be_short_for(one, other) or may_be_short_for(other, one)


class Partition:
    """All clusters of a book, and the pairs that must stay apart."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = list(forms)
        self._index = {id(form): number for number, form in enumerate(forms)}
        self._of = [Cluster(form) for form in forms]
        self._apart: set[Pair] = set()
        self._together: Counter[Pair] = Counter()

    @property
    def clusters(self) -> list[Cluster]:
        """Every cluster once, by the place of its first form."""
        unique = {id(cluster): cluster for cluster in self._of}
        return list(unique.values())

    def cluster_of(self, form: Form) -> Cluster:
        return self._of[self._index[id(form)]]

    def knows(self, form: Form) -> bool:
        return id(form) in self._index

    def keep_apart(self, one: Form, other: Form) -> None:
        """Note a pair that is two people ("Jane and Elizabeth")."""
        if one is not other and self.knows(one) and self.knows(other):
            self._apart.add(frozenset((self._index[id(one)], self._index[id(other)])))

    def note_together(self, one: Form, other: Form) -> None:
        """Count two names in one sentence of narration."""
        if one is not other and self.knows(one) and self.knows(other):
            self._together[frozenset((self._index[id(one)], self._index[id(other)]))] += 1

    def are_two(self, one: Cluster, other: Cluster) -> bool:
        """Whether the two stand side by side too often for one person."""
        seen = sum(self._together[pair] for pair in self._pairs(one, other))
        return seen >= max(TOGETHER, TOGETHER_SHARE * min(one.count, other.count))

    def may_join(self, one: Cluster, other: Cluster) -> bool:
        """Whether nothing speaks against these being one person."""
        if one is other:
            return False
        if one.hard_gender and other.hard_gender and one.hard_gender != other.hard_gender:
            return False
        if _sexes_clash(one, other) or _sexes_clash(other, one):
            return False
        if any(pair in self._apart for pair in self._pairs(one, other)):
            return False
        if not _titles_agree(one.titles, other.titles):
            return False
        pairs = [(a, b) for a in one.givens for b in other.givens]
        return not pairs or any(givens_agree(a, b) for a, b in pairs)

    def join(self, one: Cluster, other: Cluster) -> bool:
        """Make two clusters one, unless that contradicts; say whether it was done."""
        if not self.may_join(one, other):
            return False
        self.merge(one, other)
        return True

    def merge(self, one: Cluster, other: Cluster) -> None:
        """Make two clusters one without asking."""
        if one is other:
            return
        one.forms.extend(other.forms)
        for form in other.forms:
            self._of[self._index[id(form)]] = one

    def _pairs(self, one: Cluster, other: Cluster) -> Iterable[Pair]:
        for a in one.forms:
            for b in other.forms:
                yield frozenset((self._index[id(a)], self._index[id(b)]))


def _sexes_clash(titled: Cluster, other: Cluster) -> bool:
    """ "Mrs. Ignatius Gallaher" is not Ignatius Gallaher."""
    if not titled.hard_gender:
        return False
    told = other.listed_gender or pronoun_gender(other.forms, least=5, share=0.75)
    return bool(told) and told != titled.hard_gender


def _titles_agree(one: set[str], other: set[str]) -> bool:
    ranks_one, ranks_other = one & RANKS, other & RANKS
    if ranks_one and ranks_other and not ranks_one & ranks_other:
        # "Detective" and "Inspector" are of one trade; a captain and a doctor are two men.
        return any(ranks_one & trade and ranks_other & trade for trade in TRADES)
    women_one, women_other = one & WOMENS, other & WOMENS
    return not (women_one and women_other and not women_one & women_other)


def note_pairs(
    partition: Partition, sightings: Sequence[Sighting], chapters: Sequence[Chapter]
) -> None:
    """Read who stands beside whom: "X and Y", one sentence, and who answers whom."""
    for before, sighting in pairwise(sightings):
        if before.chapter != sighting.chapter or before.form is sighting.form:
            continue
        gap = sighting.start - before.end
        if (
            gap < 8
            and chapters[before.chapter].text[before.end : sighting.start].split() in _JOINTS
        ):
            partition.keep_apart(before.form, sighting.form)
        if before.sentence == sighting.sentence and not (before.quoted or sighting.quoted):
            partition.note_together(before.form, sighting.form)
        if before.addressed and sighting.speaks and gap < _TAG_REACH:
            between = chapters[before.chapter].text[before.end : sighting.start]
            if "\n" not in between.strip("\n") or not _NEW_PARAGRAPH.search(between):
                partition.note_together(before.form, sighting.form)


_TAG_REACH = 200
_NEW_PARAGRAPH = re.compile(r"\n\s*(?:\n|[\"“‘«»„—-])")
_JOINTS = (["and"], ["&"], ["or"], ["nor"], ["und"], ["with"])


def best_bearer(
    candidates: Sequence[Cluster], weight: Callable[[Cluster], int], *, gender: Gender = ""
) -> Cluster | None:
    """The one cluster that most plainly bears a name, or None where two come near."""
    if gender:
        candidates = [one for one in candidates if one.gender in {gender, ""}] or list(candidates)
    ranked = sorted(candidates, key=weight, reverse=True)
    if not ranked:
        return None
    if len(ranked) > 1 and weight(ranked[0]) < DOMINANCE * weight(ranked[1]):
        return None
    return ranked[0]
