"""Women named in full and, a line later, as "Mrs."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scriptwriter.prose.clusters import Partition, body_of
from scriptwriter.prose.evidence import Form, Sighting
from scriptwriter.prose.names import Chapter

_INTRODUCTION = 300  # characters
_NEIGHBORS = 4
_KINSWOMAN = re.compile(r"\b(?:mother|daughter|aunt|sister|niece)\b", re.IGNORECASE)
_IS_KIN = re.compile(r",\s+(?:the|her|his|their|whose)\s+(?:\w+\s+)?(?:mother|aunt|sister|wife)\b")


def join_introduced(
    partition: Partition, sightings: Sequence[Sighting], chapters: Sequence[Chapter]
) -> None:
    """ "Odile Cadotte shouted", and a line later "Mrs. Cadotte's husband": one woman, unless a mother is named."""
    for number, after in enumerate(sightings):
        if after.form.name.titles[-1:] != ("mrs",) or len(after.form.name.core) > 1:
            continue
        for before in reversed(sightings[max(0, number - _NEIGHBORS) : number]):
            if before.chapter != after.chapter or after.start - before.end > _INTRODUCTION:
                break
            text = chapters[after.chapter].text
            between, beyond = text[before.end : after.start], text[after.end : after.end + 40]
            if _KINSWOMAN.search(between) or _IS_KIN.match(beyond):
                break
            if before.sentence != after.sentence:
                _join_wife(partition, before.form, after.form)


def _join_wife(partition: Partition, full: Form, titled: Form) -> None:
    if not (partition.knows(full) and partition.knows(titled)) or len(body_of(full)) < 2:
        return
    host, own = partition.cluster_of(full), partition.cluster_of(titled)
    if host.surnames != {titled.name.first} or host.gender != "female" or "miss" in host.titles:
        return
    women = [
        one
        for one in partition.clusters
        if titled.name.first in one.surnames and one.gender == "female"
    ]
    if len(women) <= 2 and not partition.are_two(host, own):
        partition.join(host, own)
