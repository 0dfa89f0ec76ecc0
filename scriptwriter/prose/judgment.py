"""Whether a capitalized name is somebody, or a place, a thing, an emphasis."""

from __future__ import annotations

from collections.abc import Sequence

from scriptwriter.prose.clusters import Cluster, body_of
from scriptwriter.prose.evidence import VOCATIVE, Form
from scriptwriter.prose.firstnames import FEMALE, MALE
from scriptwriter.prose.honorifics import ADDRESS_ONLY, honorific
from scriptwriter.prose.names import Census
from scriptwriter.prose.notnames import (
    ALSO_NAMES,
    CALENDAR,
    FUNCTION_WORDS,
    GERMAN_FUNCTION_WORDS,
    NOT_NAMES,
)
from scriptwriter.prose.placenouns import NAME_ENDINGS, NAME_STARTS
from scriptwriter.prose.rolenouns import GERMAN_ROLES, KIN_NAMES, ROLES

# A person gathers this much evidence (see `evidence`), and this much a mention. Set on the development half.
ENOUGH = 2.0
ENOUGH_PER_MENTION = 0.1
# Words with another common meaning, and figures with an article, must show more.
SURE = 4.0
FIGURE = 3.0
FIGURE_PER_MENTION = 0.15
# "The Phantom" is a word for somebody anyway.
KNOWN_FIGURE = 1.5
LONGEST_INITIALS = 4
SURE_PER_MENTION = 0.22


def candidates(forms: Sequence[Form], census: Census, *, german: bool) -> list[Form]:
    """The forms that may name somebody at all, before names are joined."""
    kept = [form for form in forms if _is_candidate(form, census, german=german)]
    # "Israel" is a land, but also a man where the book has Israel Hands.
    givens = {form.name.first for form in kept if len(form.name.core) > 1 and form.count > 1}
    known = {id(form) for form in kept}
    words = {word for form in kept for word in form.name.core}
    kept = [form for form in kept if not _is_family(form, words)]
    for form in forms:
        word = form.name.first
        if id(form) in known or len(form.name.core) > 1 or form.name.titles:
            continue
        if word in givens and (word in FEMALE or word in MALE):
            kept.append(form)
    return kept


def _is_family(form: Form, words: set[str]) -> bool:
    """ "The Cratchits", where the book has a Cratchit."""
    word = form.name.last
    if form.name.titles or form.speech or not word.endswith("s"):
        return False
    stem = word[:-2] if word.endswith("es") and word[:-2] in words else word[:-1]
    return stem in words and form.the + form.plural + form.indefinite > 0


def _is_candidate(form: Form, census: Census, *, german: bool) -> bool:
    name = form.name
    if german and not _german_candidate(form):
        return False
    if name.titles:
        return not all(word in NOT_NAMES - ALSO_NAMES for word in name.core)
    if len(name.core) > 1:
        return _compound_candidate(form)
    return _bare_candidate(form, census)


def _bare_candidate(form: Form, census: Census) -> bool:
    word = form.name.first
    if word.rpartition("-")[2] in NOT_NAMES - ALSO_NAMES and "-" in word:
        return False
    if word.lower() in ADDRESS_ONLY or len(word.rstrip(".")) < 2 or word.endswith("."):
        return False
    if word.lower() in KIN_NAMES:
        return form.told >= ENOUGH
    if word.isupper() and len(word) <= LONGEST_INITIALS:
        return _is_sure(form)
    if word in NOT_NAMES:
        return word in ALSO_NAMES and _is_sure(form)
    listed = word in FEMALE or word in MALE
    if not listed and _is_trade(form, census):
        return False
    if not form.mid and (census.lower[word.lower()] or (form.human < ENOUGH and not listed)):
        return False
    return form.human > 0 or (form.place <= 1 and not census.lower[word.lower()])


def _is_trade(form: Form, census: Census) -> bool:
    """ "Excursionists asked it" at the head of a sentence; a post that the book writes small as well."""
    word = form.name.first
    if not form.mid and form.count == 1 and word.endswith(("ists", "ers", "ors", "ians", "men")):
        return True
    post = word.lower() in ROLES or word.endswith(("er", "or", "ist", "ian", "man"))
    small = post and census.lower[word.lower()] > form.count and not form.the
    return small and form.human < SURE and honorific(word) is None  # "Doctor" is Dr. Seward


def _compound_candidate(form: Form) -> bool:
    core = form.name.core
    words = [word for word in core if word[0].isupper()]
    if len(core) == 2 and core[0] == core[1]:
        return False
    if all(word in NOT_NAMES for word in words):
        return False
    if words[0] in CALENDAR - ALSO_NAMES:
        return _is_sure(form)
    if words[0] in FUNCTION_WORDS and words[0] not in ALSO_NAMES:
        return _is_sure(form)
    place = (
        core[-1].split("-")[-1].capitalize() in NAME_ENDINGS or core[0].rstrip(".") in NAME_STARTS
    )
    return not place or (form.human > 2 * form.place and form.human >= ENOUGH)


def _is_sure(form: Form) -> bool:
    return form.human >= SURE and form.human >= SURE_PER_MENTION * form.count


def _german_candidate(form: Form) -> bool:
    """German gives every noun a capital: without an article, with a verb, or a known role."""
    core = form.name.core
    if any(word in GERMAN_FUNCTION_WORDS for word in core):
        return False
    if form.name.titles:
        return True
    if len(core) == 1 and core[0] in GERMAN_ROLES:
        return form.human >= SURE
    return 4 * (form.the + form.indefinite) < form.count and form.human >= ENOUGH


def is_person(cluster: Cluster, census: Census, *, german: bool) -> bool:
    """Whether a joined name has gathered enough evidence to be somebody."""
    count = cluster.count
    human = sum(form.human for form in cluster.forms)
    place = sum(form.place for form in cluster.forms)
    titled = sum(form.count for form in cluster.forms if form.name.titles)
    if not titled and _is_only_called(cluster, census):
        return False
    if (
        titled
        and 2 * sum(form.the for form in cluster.forms) > count
        and human < max(ENOUGH, place)
    ):
        return False  # an inn "the Admiral Benbow", a ship
    human += 2.0 * min(titled, 3) + (titled / 2)
    if _is_figure(cluster):
        return _figure_acts(cluster, human=human, place=place)
    if any(_has_first_name(form, census) for form in cluster.forms):
        human += ENOUGH + 0.1 * count if count > 1 or human else 0.0
    if german:
        return (titled > 0 or count > 2) and human >= ENOUGH and human >= 0.08 * count
    if not titled and human <= 1.2 * place:
        return False
    needed = ENOUGH_PER_MENTION * min(count, 60)
    return human >= max(ENOUGH, needed) and not _is_crowd(cluster)


def _is_only_called(cluster: Cluster, census: Census) -> bool:
    """Whether all that speaks for a person is that the word stands between marks: "Richmond, Kingston,"."""
    vocative = sum(form.vocative for form in cluster.forms)
    if (
        not vocative
        or sum(form.human for form in cluster.forms) - VOCATIVE * vocative >= ENOUGH / 2
    ):
        return False
    if any(form.name.first in FEMALE or form.name.first in MALE for form in cluster.forms):
        return False
    if cluster.fulls:
        return False
    if any(census.lower[form.name.first.lower()] for form in cluster.forms):
        return True
    return vocative < 3 or any(form.place for form in cluster.forms)


def _has_first_name(form: Form, census: Census) -> bool:
    word = form.name.first
    if not form.mid and len(form.name.core) < 2 and form.count < 2:
        return False
    return (word in FEMALE or word in MALE) and not census.is_common(word)


def _is_figure(cluster: Cluster) -> bool:
    """Mostly named with an article: "the Hatter"."""
    articles = sum(form.the + form.indefinite for form in cluster.forms)
    return 2 * articles > cluster.count and not cluster.titles


def _figure_acts(cluster: Cluster, *, human: float, place: float) -> bool:
    indefinite = sum(form.indefinite for form in cluster.forms)
    speech = sum(form.speech for form in cluster.forms)
    acts = sum(form.acts for form in cluster.forms)
    if _is_crowd(cluster) or 3 * indefinite > cluster.count or human <= 2 * place:
        return False
    if any("of" in form.name.core and form.count > 2 for form in cluster.forms):
        return True
    if any(body_of(form)[-1].lower() in ROLES for form in cluster.forms):
        return human >= KNOWN_FIGURE
    return (speech > 0 or acts > 2) and human >= max(
        FIGURE, FIGURE_PER_MENTION * min(cluster.count, 60)
    )


def _is_crowd(cluster: Cluster) -> bool:
    """Peoples and families: "the Houyhnhnms were", "the Bennets"."""
    plural = sum(form.plural for form in cluster.forms)
    the = sum(form.the for form in cluster.forms)
    ends = all(_is_plural(form.name.last) for form in cluster.forms)
    return ends and (plural > 0 or 3 * the > cluster.count) and 4 * the > cluster.count


def _is_plural(word: str) -> bool:
    return word.endswith(("s", "men", "folk")) and not word.endswith(("ss", "us", "is"))
