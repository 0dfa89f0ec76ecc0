"""What kind of world the premise asks for: its settings, its trouble and its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from worldgen.rules.brief import Brief
from worldgen.rules.data import PROSE, SETTINGS, TROUBLES
from worldgen.rules.facts import proper_names
from worldgen.rules.names import banned_pattern
from worldgen.rules.rng import Stream
from worldgen.rules.text import fit

_WORD = re.compile(r"[a-z]+")
_SENTENCE = re.compile(r"[^.!?\n。！？]+[.!?。！？]*")
GROUPS = re.compile(
    r"\b(house|order|guild|company|court|council|league|cult|clan|line|church|crown|circle|brotherhood|society|union|bank|fleet|watch|guard|academy|rebellion|resistance|republic|legion|cartel|syndicate|coven|sisterhood|observatory|institute|college|ministry|board)\b",
    re.IGNORECASE,
)
_PLACE_CUES = {"in", "of", "on", "at", "from", "to", "across", "near", "under"}
_PEOPLE = re.compile(r"(?:ers|ors|men|women|smiths|wrights|ists|ants|ings|ians|folk)$")
"""A guild of such is no place."""
STRIKING = frozenset(
    [
        "drowned",
        "broken",
        "silent",
        "crimson",
        "hollow",
        "iron",
        "glass",
        "ash",
        "ashen",
        "bone",
        "star",
        "amber",
        "black",
        "white",
        "red",
        "golden",
        "silver",
        "copper",
        "salt",
        "tide",
        "storm",
        "ember",
        "shadow",
        "mirror",
        "clockwork",
        "gaslit",
        "rail",
        "steam",
        "coal",
        "lantern",
        "lamp",
        "blood",
        "thorn",
        "winter",
        "frost",
        "sun",
        "moon",
        "sand",
        "dust",
        "rust",
        "stone",
        "crystal",
        "obsidian",
        "jade",
        "velvet",
        "paper",
        "ink",
        "mask",
        "raven",
        "wolf",
        "serpent",
        "dragon",
        "whale",
        "owl",
        "spider",
        "burning",
        "frozen",
        "sunken",
        "floating",
        "buried",
        "forgotten",
        "weeping",
        "crooked",
        "shattered",
        "sleeping",
        "wandering",
        "gilded",
        "pale",
        "green",
        "blue",
        "violet",
        "scarlet",
        "brass",
        "bronze",
        "pearl",
        "coral",
        "cinder",
        "smoke",
        "mist",
        "fog",
        "cloud",
        "sky",
        "wind",
        "rain",
        "thunder",
        "river",
        "forest",
        "garden",
        "orchard",
        "vine",
        "rose",
        "lily",
        "poppy",
        "honey",
        "bell",
        "clock",
        "song",
        "silence",
        "dream",
        "memory",
        "oath",
        "crown",
        "throne",
    ]
)
"""Words of a premise that make good names: each reads well before a noun."""


_FEWEST = 3
"""A pool that a ban leaves with fewer entries is taken whole: rows need different ones."""


@cache
def entries(text: str) -> tuple[str, ...]:
    """Return the entries of a pool: separated by a bar or a line end."""
    return tuple(part.strip() for part in re.split(r"[|\n]", text) if part.strip())


class Theme:
    """Pools of words for one campaign, its own settings first, banned words left out."""

    def __init__(self, brief: Brief) -> None:
        self._seed = brief.random_seed
        told = " ".join((brief.premise, brief.genre, brief.tone, brief.locks.tone, brief.technology_level, brief.name))  # fmt: skip
        dice = Stream(brief.random_seed, "theme")
        self.settings = _settings(told, dice)
        self.trouble = _best(told, "troubles", dice)[0]
        self.banned = banned_pattern(brief.locks.banned_words)
        self.words = self._striking(brief.premise)
        self.groups, self.places = _named(brief)
        told_so = (s.strip() for s in _SENTENCE.findall(brief.premise))
        self.premise = [s for s in told_so if s and not self._is_banned(s)]
        self._pools: dict[str, tuple[str, ...]] = {}
        self._orders: dict[tuple[str, str], list[str]] = {}
        self.tongue_wishes = f"{brief.locks.naming_style} " * 3 + " ".join(
            [*self.settings, brief.genre, brief.tone]
        )

    def _striking(self, premise: str) -> tuple[str, ...]:
        found = dict.fromkeys(w for w in _WORD.findall(premise.lower()) if w in STRIKING)
        return tuple(w.capitalize() for w in found if not self._is_banned(w))

    def _is_banned(self, text: str) -> bool:
        return bool(self.banned and self.banned.search(text))

    def line(self, limit: int = 160) -> str:
        """Return the first sentence of the premise, within the limit; empty without a premise."""
        return fit(self.premise[0], limit) if self.premise else ""

    def pool(self, name: str) -> tuple[str, ...]:
        """Return a pool: of the settings and the trouble when they have it, else the common one."""
        if name not in self._pools:
            found = [e for part in self._parts(name) for e in part]
            self._pools[name] = tuple(dict.fromkeys(found))
        return self._pools[name]

    def _parts(self, name: str) -> list[tuple[str, ...]]:
        texts = [SETTINGS[key][name] for key in self.settings if name in SETTINGS[key]]
        texts = texts or [TROUBLES[self.trouble].get(name) or PROSE.get(name, "")]
        if name == "law":
            texts = [*texts, PROSE["law"]]
        parts = [tuple(e for e in entries(t) if not self._is_banned(e)) for t in texts]
        if name == "root":
            parts[0] = (*self.words, *(r for r in parts[0] if r not in self.words))
        whole = [entries(t) for t in texts]
        enough = sum(map(len, parts)) >= min(_FEWEST, sum(map(len, whole)))
        return parts if enough else whole

    def order(self, table: str, name: str) -> list[str]:
        """Return the pool in the order in which it is dealt to the rows of a table."""
        key = (table, name)
        if key not in self._orders:
            dice = Stream(self._seed, "deal", table, name, *self.settings)
            self._orders[key] = _braid([dice.shuffled(part) for part in self._parts(name)])
        return self._orders[key]


def _settings(told: str, dice: Stream) -> tuple[str, ...]:
    first, *rest = _best(told, "settings", dice)
    scores = _scores(told, "settings")
    if rest and scores[rest[0]] >= 2 and scores[rest[0]] * 2 >= scores[first]:
        return first, rest[0]
    return (first,)


_KEYWORDS = {
    name: {key: entry["keywords"].split("|") for key, entry in pool.items()}
    for name, pool in (("settings", SETTINGS), ("troubles", TROUBLES))
}


@lru_cache(maxsize=512)
def _scores(told: str, pool: str) -> dict[str, int]:
    """Return how well each entry of a pool fits the wishes of a campaign; asked for each call."""
    plain = f" {' '.join(_WORD.findall(told.lower()))} "
    return {
        key: sum(plain.count(f" {word} ") * len(word.split()) ** 2 for word in words)
        for key, words in _KEYWORDS[pool].items()
    }


def _best(told: str, pool: str, dice: Stream) -> list[str]:
    """Return the keys by score; where nothing matches, chance decides."""
    scores = _scores(told, pool)
    return sorted(dice.shuffled(sorted(scores)), key=lambda key: -scores[key])


def _braid(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return two entries of the first part, one of the second, and so on."""
    if len(parts) == 1:
        return list(parts[0])
    first, second = list(parts[0]), [e for e in parts[1] if e not in parts[0]]
    rest = [e for part in parts[2:] for e in part]
    braided: list[str] = []
    while first or second:
        braided += first[:2] + second[:1]
        first, second = first[2:], second[1:]
    return list(dict.fromkeys([*braided, *rest]))


def _named(brief: Brief) -> tuple[list[str], list[str]]:
    """Return the proper names of the premise and of the locked facts: of groups, of places."""
    groups: list[str] = []
    places: list[str] = []
    people = {pc.name.casefold() for pc in brief.characters}
    told = (fact.text for _, fact in brief.facts().values())
    for text in (brief.premise, *brief.locks.facts, *told):
        for found in proper_names(text):
            if found.text.casefold() in people or len(found.text) > 60:
                continue
            if GROUPS.search(found.text) and " " in found.text:
                groups.append(found.text)
                seat = found.text.partition(" of ")[2].removeprefix("the ")
                places += [seat] if seat[:1].isupper() and not _PEOPLE.search(seat) else []
            elif found.before in _PLACE_CUES and text in (brief.premise, *brief.locks.facts):
                places.append(found.text)
    return list(dict.fromkeys(groups)), list(dict.fromkeys(places))
