"""Name languages, and the registry that keeps the names of a table apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from worldgen.rules.data.tongues import EPITHETS, FAMILIES, PLACE_WORDS
from worldgen.rules.rng import Stream
from worldgen.rules.text import capital

TRIES = 50
MOST_ALIKE = 400
_TRIPLE = re.compile(r"(.)\1\1")
_WORDS = re.compile(r"[^\W_]+")
_ROUGH = re.compile(r"[^aeiouy]{4,}")
RUDE = re.compile(
    r"sex|cunt|fuc?k|^dic?k|cum|rape|kike|fag|nazi|slut|^tits?|anal|anus|^ass|arse|hitler|shit|shat|piss|porn|poop|turd|wank|twat|dyke"
    r"|coon|spic|gook|^jap|homo|tard|nig|penis|vagin|boob|whor|hell$|damn|puta|merd|^kak|pedo|^gay|lesb|^pus|crap|semen|bitch|negr|satan"
)
"""Letters that no made-up name may hold: sounds are free, rudeness is not."""
GENDERS = ("feminine", "masculine", "neutral")


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """The sounds of one language, drawn from a family."""

    family_key: str
    onsets: Sequence[str]
    vowels: Sequence[str]
    codas: Sequence[str]
    endings: dict[str, Sequence[str]]
    families: Sequence[str]

    def stem(self, dice: Stream, syllables: int) -> str:
        """Return a stem of that many syllables, in lower case, ending on a consonant."""
        word = ""
        for _ in range(syllables):
            word += dice.pick(self.onsets) + dice.pick(self.vowels)
        coda = dice.pick(self.codas)
        word += coda if coda != "_" else dice.pick(self.onsets)[0]
        return _smooth(word)

    def word(self, dice: Stream, *, low: int = 1, high: int = 2) -> str:
        """Return a capitalized word such as a tongue gives to a place or a people."""
        return _decent(lambda: _smooth(self.stem(dice, dice.between(low, high))))

    def given(self, dice: Stream, gender: str) -> str:
        """Return a given name; gender is one of GENDERS."""

        def draw() -> str:
            stem = self.stem(dice, dice.between(1, 2))[:7]
            return _smooth(stem + dice.pick(self.endings[gender]))

        return _decent(draw)

    def surname(self, dice: Stream) -> str:
        """Return a family name."""
        return _decent(lambda: _smooth(self.stem(dice, 1) + dice.pick(self.families)))


def _decent(draw: Callable[[], str]) -> str:
    """Return the first word drawn that holds nothing rude, capitalized."""
    words = (draw() for _ in range(TRIES))
    return next((word for word in words if not RUDE.search(word)), "nameless").capitalize()


def _smooth(word: str) -> str:
    word = _TRIPLE.sub(r"\1\1", word)
    rough = _ROUGH.search(word)
    while rough:
        word = word[: rough.start() + 2] + "a" + word[rough.start() + 2 :]
        rough = _ROUGH.search(word)
    return re.sub(r"[aeiouy]{4,}", lambda m: m[0][:2], word)


def family_order(wishes: str, dice: Stream) -> list[str]:
    """Return the families, those first whose style is among the wished words."""
    words = set(re.findall(r"[a-z]+", wishes.lower()))
    scores = {key: len(words & set(parts["style"].split())) for key, parts in FAMILIES.items()}
    return sorted(dice.shuffled(sorted(FAMILIES)), key=lambda key: -scores[key])


def tongue(family: str, dice: Stream) -> Tongue:
    """Draw one language of a family: some of its sounds and endings, not all."""
    parts = {key: text.split() for key, text in FAMILIES[family].items()}
    vowels = sorted(set(parts["vowels"]))
    return Tongue(
        family_key=family,
        onsets=dice.some(parts["onsets"], max(7, len(parts["onsets"]) * 2 // 3)),
        vowels=dice.some(vowels, max(3, len(vowels) * 2 // 3)),
        codas=dice.some(parts["codas"], max(4, len(parts["codas"]) * 2 // 3)),
        endings={gender: dice.some(parts[gender], 3) for gender in GENDERS},
        families=dice.some(parts["family"], 5),
    )


def bare(name: str) -> str:
    """Return the name without case, article and outer spaces, as the registry compares it."""
    low = " ".join(name.casefold().split())
    return low.removeprefix("the ")


def too_close(one: str, other: str) -> bool:
    """Tell whether two names are equal or one letter apart."""
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest = at + 1 if len(one) == len(other) else at
    return one[rest:] == other[at + 1 :]


def banned_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern that finds banned words or phrases as whole words, with a plural or not.

    What stands between the words of a phrase does not matter: "Red Hand" is in "The Red-Hand’s Oath".
    """
    phrases = sorted(
        {tuple(_WORDS.findall(word)) or (word.strip(),) for word in words if word.strip()}
    )
    if not phrases:
        return None
    told = "|".join(r"[\W_]+".join(map(re.escape, phrase)) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{told})(?:s|es)?(?!\w)", re.IGNORECASE)


class Registry:
    """The names of one table: no two equal or nearly so, no player character, no banned word."""

    def __init__(
        self, taken: Iterable[str], *, people: Iterable[str], banned: Iterable[str]
    ) -> None:
        self._taken = [bare(name) for name in taken]
        self._people = {bare(name) for name in people}
        words = [word for word in banned if word.strip()]
        self._banned = [bare(word) for word in words if len(bare(word)) > 2]
        self._whole = banned_pattern(words)

    def free(self, name: str) -> bool:
        """Tell whether the name may be given."""
        low = bare(name)
        if not 2 <= len(low) <= 78 or low in self._people:
            return False
        if any(word in low for word in self._banned) or (self._whole and self._whole.search(low)):
            return False
        return not any(too_close(low, other) for other in self._taken)

    def claim(self, make: Callable[[int], str], *, epithets: Sequence[str] = ()) -> str:
        """Return the first free name of 50 tries; then one with an epithet, then a number."""
        tried: list[str] = []
        found = None
        while found is None and len(tried) < TRIES:
            tried.append(make(len(tried)))
            found = tried[-1] if self.free(tried[-1]) else None
        if found is None:
            found = next((n for n in _with_epithet(tried[:8], epithets) if self.free(n)), None)
        if found is None:
            plain = [self._unbanned(name) for name in tried]
            found = next((name for name in plain if self.free(name)), None) or self._numbered(
                plain[0]
            )
        self._taken.append(bare(found))
        return found

    def _unbanned(self, name: str) -> str:
        words = [w for w in name.split() if not any(b in w.casefold() for b in self._banned)]
        left = " ".join(words)
        return capital(" ".join(self._whole.sub("", left).split()) if self._whole else left) or name

    def _numbered(self, name: str) -> str:
        numbers = range(2, 2 + MOST_ALIKE)
        made = [f"{_tidy(name)} {_numeral(number)}" for number in numbers]
        return next((each for each in made if self.free(each)), made[-1])


def _with_epithet(names: Sequence[str], epithets: Sequence[str]) -> Iterable[str]:
    for name in names:
        for epithet in epithets or EPITHETS.split("|"):
            after = epithet[:1].islower() or epithet.startswith("of ")
            yield f"{name} {epithet}" if after else _before(name, epithet)


def _before(name: str, word: str) -> str:
    return f"The {word} {name[4:]}" if name.startswith("The ") else f"{word} {name}"


def _tidy(name: str) -> str:
    return name[:60] or "Nameless"


def _numeral(number: int) -> str:
    text = ""
    for value, sign in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        text, number = text + sign * (number // value), number % value
    return text


PLACE_EPITHETS: Sequence[str] = tuple(PLACE_WORDS.split("|"))
