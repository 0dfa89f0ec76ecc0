"""The "I" of a first-person book, and the name others give it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from scriptwriter.prose.clusters import Cluster
from scriptwriter.prose.headings import body_start
from scriptwriter.prose.names import Chapter

UNNAMED = "Narrator"
_FIRST_PERSON = re.compile(r"(?<![^\W_])(?:I|[Mm]e|[Mm]y)(?![^\W_])(?!\.)")
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"^(?:chapter\s+)?(?:\d+|[ivxlc]+)\b", re.IGNORECASE)
# An "I", "me" or "my" in every 40 words of narration: letters and asides of a third-person teller stay below.
FIRST_PERSON_SHARE = 1 / 40
_NAMED_SELF = (
    r"(?:[Mm]y\s+name\s+(?:is|was)|[Mm]y\s+name['’]s|[Cc]all\s+me|I\s+am\s+called|"
    r"(?<![^\W_])I,|I\s+am|I['’]m)\s+(?:{names})(?![^\W_])"
)
_HEADED = r"(?m)^[^\S\n]*(?:{names})['’]s?\s+(?:journal|diary|narrative|story|account|letter|memorandum|notebook)\b"
# Others call the narrator by name; the narration itself hardly does.
LEAST_CALLS = 3
MOST_NARRATED = 0.4
LEAST_HEADINGS = 2


def narrated_first_person(chapters: Sequence[Chapter]) -> int:
    """How often the narration says "I", or 0 where the book is not told by one."""
    words = selves = first = 0
    for chapter in chapters:
        quoted = sum(len(_WORD.findall(chapter.text, *span)) for span in chapter.quotes)
        words += len(_WORD.findall(chapter.text)) - quoted
        for match in _FIRST_PERSON.finditer(chapter.text):
            if not chapter.is_quoted(match.start()):
                selves += 1
                first += match.group() == "I"
    return first if selves > FIRST_PERSON_SHARE * words else 0


def find_narrators(chapters: Sequence[Chapter], clusters: Sequence[Cluster]) -> list[Cluster]:
    """Who says "I": named by headings ("Dr. Seward's Diary"), by themselves, or by everybody else.

    Several where headings name several; empty where nothing names the narrator.
    """
    headed = _matched(chapters, clusters, _HEADED) + _heading_names(chapters, clusters)
    heads = [one for one in clusters if headed[id(one)] >= LEAST_HEADINGS]
    if heads:
        return heads
    stated = _matched(chapters, clusters, _NAMED_SELF)
    scores = Counter(
        {
            id(one): _calls(one) + LEAST_CALLS * stated[id(one)]
            for one in clusters
            if _is_called(one) or (stated[id(one)] and not _speaks(one))
        }
    )
    best = scores.most_common(2)
    if not best or best[0][1] < LEAST_CALLS or (len(best) > 1 and best[0][1] <= best[1][1]):
        return []
    return [one for one in clusters if id(one) == best[0][0]]


def _calls(cluster: Cluster) -> int:
    return sum(form.vocative for form in cluster.forms)


def _is_called(cluster: Cluster) -> bool:
    told = sum(form.narrated for form in cluster.forms)
    return told <= MOST_NARRATED * cluster.count and _speaks(cluster) <= 1


def _speaks(cluster: Cluster) -> int:
    return sum(form.speech for form in cluster.forms)


def _matched(
    chapters: Sequence[Chapter], clusters: Sequence[Cluster], pattern: str
) -> Counter[int]:
    """How often each cluster fills the names of `pattern`, in narration."""
    bearer = _bearers(clusters)
    names = "|".join(
        r"\s+".join(map(re.escape, name.split())) for name in sorted(bearer, key=len, reverse=True)
    )
    found: Counter[int] = Counter()
    if not bearer:
        return found
    compiled = re.compile(pattern.format(names=f"(?P<name>{names})"), re.IGNORECASE)
    for chapter in chapters:
        for match in compiled.finditer(chapter.text):
            if not chapter.is_quoted(match.start()):
                found[bearer[" ".join(match["name"].lower().split())]] += 1
    return found


def _bearers(clusters: Sequence[Cluster]) -> dict[str, int]:
    """The id of the cluster for each of its names in lower case."""
    bearer: dict[str, int] = {}
    for cluster in clusters:
        for form in cluster.forms:
            for words in form.surfaces:
                bearer.setdefault(" ".join(words).lower(), id(cluster))
    return bearer


def _heading_names(chapters: Sequence[Chapter], clusters: Sequence[Cluster]) -> Counter[int]:
    """How many chapters have a name and nothing else as their title ("12. Jake")."""
    bearer = _bearers(clusters)
    found: Counter[int] = Counter()
    for chapter in chapters:
        for line in chapter.text[: body_start(chapter.text)].splitlines():
            title = _NUMBER.sub("", line.strip()).strip(" .:-–—#*_").lower()
            if title in bearer:
                found[bearer[title]] += 1
    return found
