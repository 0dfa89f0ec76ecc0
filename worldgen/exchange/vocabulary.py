"""Vocabulary: names out of a JSON file of an open rules document, with where they are from.

Read are the fixtures of Open5e (`model`, `fields`), the files of 5e-database (`index`, `name`, `url`) and plain
lists of objects with a `name`. Only names, types and challenge ratings are kept; texts are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict, Field

from storyforge.core.errors import StoryforgeError
from storyforge.jobs.targets import lock_target
from worldgen.exchange.licenses import SRD_5_1, SRD_5_1_NAME
from worldgen.models import Campaign, VocabularyEntry

MOST_BYTES = 4 * 1024 * 1024  # of a file; the creatures of the SRD take less than one
MOST_IN_FILE = 5_000
MOST_KEPT = 6_000  # in a campaign; all names of the SRD are about 1,600
LONGEST_NAME = 80
_KINDS = {
    "creature": "creature creatures monster monsters",
    "item": "item items magicitem magic-items magicitems weapon weapons armor equipment",
    "spell": "spell spells",
    "race": "species race races subraces",
    "class": "characterclass classes subclasses",
    "feat": "feat feats",
    "background": "background backgrounds",
    "language": "language languages",
    "plane": "plane planes",
    "condition": "condition conditions",
    "deity": "deity deities",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_OPEN_DOCUMENTS = ("srd-2014", "core")  # names of SRD 5.1 in the files of Open5e
_URL = re.compile(r"^/api/(\d{4}/)?([a-z-]+)/")


class UnreadableVocabulary(StoryforgeError):
    """This file holds no names that can be read, or does not say where they are from."""

    code = "unreadable_vocabulary"
    status = 422


class VocabularyFull(StoryforgeError):
    """The campaign would hold more names than writers can use."""

    code = "vocabulary_full"
    status = 409


class EntryIn(BaseModel):
    """An entry as world files hold it; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: str = Field(pattern=f"^({'|'.join(VocabularyEntry.KINDS)})$")
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    detail: str = Field("", max_length=60)
    challenge_rating: str = Field("", max_length=8)
    source: str = Field(min_length=1, max_length=80)
    attribution: str = Field(min_length=1, max_length=600)


ENTRY = tuple(EntryIn.model_fields)


@dataclass(kw_only=True, slots=True)
class Report:
    """What an import has done: names added and known already, by kind, and how many records it left out."""

    added: dict[str, int] = field(default_factory=dict)
    known: int = 0
    left_out: int = 0


def entries_of(
    document: Any, *, kind: str = "", source: str = "", attribution: str = ""
) -> tuple[list[EntryIn], int]:
    """The names in a document, and how many records have none. Raises `UnreadableVocabulary`.

    What it says quotes nothing from the file: readers of the project see why a job failed.
    """
    records = _records(document)
    found = [e for r in records if (e := _entry(r, kind, source, attribution)) is not None]
    if not found:
        raise UnreadableVocabulary("No record has a name and a kind; say which kind they are.")
    if unsourced := sum(not entry.attribution for entry in found):
        raise UnreadableVocabulary(
            f"{unsourced:,} of {len(found):,} names do not say where they are from: give source and attribution."
        )
    return found, len(records) - len(found)


@transaction.atomic
def keep(campaign: Campaign, entries: Iterable[EntryIn]) -> Report:
    """Add entries; a name that is there already stays as it is. Raises `VocabularyFull`."""
    lock_target(campaign)
    standing = VocabularyEntry.objects.filter(campaign=campaign)
    there = {(kind, name) for kind, name in standing.values_list("kind", "name")}
    given = {(entry.kind, entry.name): entry for entry in entries}
    fresh = [entry for key, entry in given.items() if key not in there]
    if len(there) + len(fresh) > MOST_KEPT:
        raise VocabularyFull(f"A campaign holds at most {MOST_KEPT:,} names.")
    VocabularyEntry.objects.bulk_create(
        (
            VocabularyEntry(project_id=campaign.project_id, campaign=campaign, **entry.model_dump())
            for entry in fresh
        ),
        batch_size=500,
    )
    added = Counter(entry.kind for entry in fresh)
    return Report(added=dict(sorted(added.items())), known=len(given) - len(fresh))


def named(campaign: Campaign, *, kind: str = "", part: str = "") -> QuerySet[VocabularyEntry]:
    """The vocabulary of a campaign, of one kind, with a part of the name."""
    rows = VocabularyEntry.objects.filter(campaign=campaign)
    if kind:
        rows = rows.filter(kind=kind)
    part = part.replace("\0", "").strip()[:LONGEST_NAME]
    return rows.filter(name__icontains=part) if part else rows


def exported(entries: Iterable[VocabularyEntry]) -> list[dict[str, Any]]:
    """Entries as world files hold them."""
    return [{name: getattr(entry, name) for name in ENTRY} for entry in entries]


def _records(document: Any) -> list[Mapping[str, Any]]:
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        document = document["results"]
    if not isinstance(document, list) or not all(isinstance(r, dict) for r in document):
        raise UnreadableVocabulary("This is no list of records.")
    if len(document) > MOST_IN_FILE:
        raise UnreadableVocabulary(f"More than {MOST_IN_FILE:,} records; split the file.")
    return document


def _entry(record: Mapping[str, Any], kind: str, source: str, attribution: str) -> EntryIn | None:
    """What is kept of a record; None for what has no name or is of no kind that writers use."""
    inner = record.get("fields")
    fields: Mapping[str, Any] = inner if isinstance(inner, dict) else record
    name = " ".join(str(fields.get("name") or "").split())
    told = _kind_of(record) or kind
    if not name or len(name) > LONGEST_NAME or not told:
        return None
    known = _is_srd_5_1(record, fields)
    is_creature = told == "creature"
    return EntryIn.model_construct(
        kind=told,
        name=name,
        detail=str(fields.get("type") or "")[:60] if is_creature else "",
        challenge_rating=_rating(fields.get("challenge_rating")) if is_creature else "",
        source=source or (SRD_5_1_NAME if known else ""),
        attribution=attribution or (SRD_5_1 if known and not source else ""),
    )


def _kind_of(record: Mapping[str, Any]) -> str:
    return next((_KIND_OF[word] for word in _words_for_kind(record) if word in _KIND_OF), "")


def _words_for_kind(record: Mapping[str, Any]) -> Iterator[str]:
    yield str(record.get("model") or "").rpartition(".")[2]
    if match := _URL.match(str(record.get("url") or "")):
        yield match[2]


def _is_srd_5_1(record: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    match = _URL.match(str(record.get("url") or ""))
    return fields.get("document") in _OPEN_DOCUMENTS or bool(match and match[1] == "2014/")


def _rating(value: Any) -> str:
    """A challenge rating as the tables write it: "0.125" and 0.125 are 1/8. Empty for anything else."""
    try:
        rating = Fraction(str(value)[:12])
    except (ValueError, ZeroDivisionError):
        return ""
    wanted = rating.denominator == 1 or (rating.numerator == 1 and rating.denominator in (2, 4, 8))
    return str(rating) if wanted and 0 <= rating <= 30 else ""
