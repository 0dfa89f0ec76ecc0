"""Read a heading: its numbering part, its title, and what kind of division it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHAPTER_WORDS = (
    "chapter|chap|letter|stave|canto|act|scene|adventure|episode|interlude|day|night|"
    "kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk|rozdział|kapitola|fejezet|luku|"
    "глава|розділ|письмо|brief|akt|aufzug|acte|lettre|carta|lettera"
)
PART_WORDS = (
    "part|book|volume|vol|section|teil|buch|band|partie|livre|tome|parte|libro|livro|"
    "deel|boek|część|часть|книга|том|частина"
)
SPELLED = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    "fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|"
    "eighty|ninety|hundred|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    "last"
)
ORDINALS = (
    "erste[rs]?|zweite[rs]?|dritte[rs]?|vierte[rs]?|fünfte[rs]?|sechste[rs]?|siebte[rs]?|"
    "achte[rs]?|neunte[rs]?|zehnte[rs]?|letzte[rs]?|premi[eè]re?|deuxième|second[eoa]?|troisième|"
    "quatrième|cinquième|sixième|septième|huitième|neuvième|dixième|primer[oa]?|primo|prima|"
    "segund[oa]|tercer[oa]?|terz[oa]|cuart[oa]|quart[oa]|quint[oa]|sext[oa]|sest[oa]|eerste|"
    "tweede|derde|первая|вторая|третья|четвёртая|четвертая|пятая|шестая|седьмая"
)
NUMBER = (
    rf"(?:\d{{1,4}}|[IVXLC]{{1,8}}|(?i:[ivxlc]{{1,8}})(?=\W|$)|"
    rf"(?i:(?:{SPELLED})(?:[ -](?:{SPELLED}))*)(?=\W|$))"
)
END = r"(?=\s*(?:$|[:.,;)\]|–—-])|\s)"
STOP = r"(?=\s*(?:$|[:.,;)\]|–—-]))"

KEYWORD_NUMBER = re.compile(
    rf"(?P<word>(?i:{CHAPTER_WORDS}|{PART_WORDS}))\b\.?\s*(?i:the\s+|no\.?\s*|№\s*)?{NUMBER}{END}"
)
# "Глава первая", "Book the Last": one unknown word counts as a number where nothing follows it.
KEYWORD_WORD = re.compile(
    rf"(?P<word>(?i:{CHAPTER_WORDS}|{PART_WORDS}))\s+(?i:the\s+)?\w+(?=\s*(?:$|[:.–—]))"
)
# "Erstes Kapitel", "2nd Part"; only known ordinals, since "Friday Night" is a title.
ORDINAL_KEYWORD = re.compile(
    rf"(?i:the\s+)?(?i:{SPELLED}|{ORDINALS}|\d{{1,3}}(?:\.|st|nd|rd|th)?)\s+"
    rf"(?P<word>(?i:{CHAPTER_WORDS}|{PART_WORDS})){STOP}"
)
CHINESE = re.compile(
    r"第\s*[0-9０-９一二三四五六七八九十百千零〇]{1,6}\s*(?P<word>[章回節节話话部卷編编])"
)
SPELLED_ALONE = rf"(?i:(?:{SPELLED})(?:[ -](?:{SPELLED}))*)(?=\s*$)"
BARE_NUMBER = re.compile(rf"(?:\d{{1,4}}|[IVXLC]{{1,8}}|{SPELLED_ALONE}){STOP}")
PART_ONLY = re.compile(rf"(?i:{PART_WORDS}|[部卷編编])")
SEPARATOR = re.compile(r"[\s:.,;)\]|–—-]+")

UNNUMBERED_WORDS = """
    prologue epilogue prolog epilog prologo epílogo epilogo épilogue пролог эпилог
"""
UNNUMBERED = frozenset(UNNUMBERED_WORDS.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A heading in two: "CHAPTER IV" and "The Sea-Cook"; either may be empty.

    `division` is "chapter" or "part" where a word says so, "number" for a numeral alone, else "".
    """

    label: str
    title: str
    division: str

    @property
    def shown(self) -> str:
        """What a contents page prints: the title, or the label where there is none."""
        return self.title or self.label


def split_heading(text: str) -> Heading:
    """Split a heading into numbering and title."""
    line = " ".join(text.split())
    for pattern in (KEYWORD_NUMBER, KEYWORD_WORD, ORDINAL_KEYWORD, CHINESE):
        if found := pattern.match(line):
            division = "part" if PART_ONLY.fullmatch(found["word"]) else "chapter"
            return _heading(line, found.end(), division)
    if found := BARE_NUMBER.match(line):
        return _heading(line, found.end(), "number")
    division = "chapter" if line.casefold().strip(".:") in UNNUMBERED else ""
    return Heading(label="", title=line, division=division)


def plain(text: str) -> str:
    """Return the letters and digits of a heading, for comparison."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _heading(line: str, end: int, division: str) -> Heading:
    rest = line[end:]
    separator = SEPARATOR.match(rest)
    title = rest[separator.end() :] if separator else rest
    return Heading(label=line[:end].strip(), title=title.strip(), division=division)
