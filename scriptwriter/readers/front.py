"""What a plain text says about itself: title, author, language, and where the book begins and ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scriptwriter.readers.divisions.candidates import Kind, read_candidate
from scriptwriter.readers.divisions.decoration import is_capitals, names_one_of, undecorated
from scriptwriter.readers.divisions.folding import fold, folded_words
from scriptwriter.readers.divisions.keywords import CONTENTS
from scriptwriter.readers.divisions.lines import with_plain_breaks
from scriptwriter.readers.stopwords import guess_language, language_code

# Where boilerplate and title pages are looked for, in characters.
HEAD = 30_000
TITLE_PAGE = 4_000
TAIL = 60_000
MOST_TITLE_LINES = 40
LONGEST_LINE = 100

START_LINE = re.compile(
    r"^[ \t]*+\*{2,3}[ \t]*+START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*(?:\n(?!\s*\n)[^\n]*\*{3})?\n?",
    re.MULTILINE | re.IGNORECASE,
)
# Before 2004 the legal text came first and ended with one of these lines.
SMALL_PRINT_END = re.compile(
    r"^[^\n]{0,12}END[* ]*THE SMALL PRINT[^\n]*\n?", re.MULTILINE | re.IGNORECASE
)
END_LINE = re.compile(
    r"^[ \t]*+(?:\*{2,3}[ \t]*END OF (?:THE|THIS) PROJECT GUTENBERG"
    r"|\**+[ \t]*+(?:THE )?END OF (?:THE |THIS )?PROJECT GUTENBERG(?:'S|’S)? "
    r"|(?:ENDE|FIN) (?:DIESES|DU|DE)[^\n]{0,20} PROJECT GUTENBERG"
    r"|\*+[ \t]*START: FULL LICENSE)",
    re.MULTILINE | re.IGNORECASE,
)
STANDARD_EBOOKS = "standard ebooks"
COLOPHON = re.compile(r"^[ \t]*+(?:Colophon|Uncopyright)[ \t]*$", re.MULTILINE | re.IGNORECASE)
CREDITS = re.compile(
    r"\s*(?:\[?(?:E-?text|This (?:e-?text|e-?book|file)|Produced|Transcribed|Prepared|Scanned|"
    r"Digitized)\b[^\n]{0,80}\b(?:by|from|was)\b[^\n]*(?:\n[ \t]*\S[^\n]*){0,8})",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"^[ \t]*+(title|author|language|titel|autor|autorin|verfasser|sprache|titre|auteur|langue|"
    r"título|idioma|titolo|autore|lingua)[ \t]*:[ \t]*(\S[^\n]*(?:\n[ \t]+\S[^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
FIELDS = {
    "title": "title", "titel": "title", "titre": "title", "titulo": "title", "titolo": "title",
    "author": "author", "autor": "author", "autorin": "author", "verfasser": "author",
    "auteur": "author", "autore": "author", "language": "language", "sprache": "language",
    "langue": "language", "idioma": "language", "lingua": "language",
}  # fmt: skip
GUTENBERG_FIRST = re.compile(
    r"Project Gutenberg(?:'s|’s)?(?: (?:E-?text|E-?book))?(?: of|,)? +(.{2,120}?),? +by +([^\n\[*]{3,60})",
    re.IGNORECASE,
)
BY = re.compile(
    r"(?:(?:a|an)\s+(?:[\w-]+\s+){0,3}(?:novel|story|tale|romance|play|comedy|tragedy|novella)\s+)?"
    r"(?:written\s+)?(by|von|par|por|di|door|av|af)\b[ \t:]*(.*)",
    re.IGNORECASE,
)
NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s+){0,4}[^\W\d_][\w.'’-]*(?:,? (?:Jr|Sr)\.?)?")
YEAR = re.compile(r"[\s,]*[(\[]?1[5-9]\d\d[)\]]?$|[\s,]*[(\[]?20\d\d[)\]]?$")
SMALL_NAME_WORDS = folded_words("von van de der den du la le di da dos del y e of ten ter")
# A line as long as this was wrapped: the next one belongs to the same title.
WRAPPED = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontMatter:
    """What the text says of itself; "" for what it does not say.

    `language` is ISO 639-1, guessed by stop words where not stated. text[body_start:body_end] is the
    text without the boilerplate of its source; a title page and a preface are still in it.
    """

    title: str
    author: str
    language: str
    body_start: int
    body_end: int


def front_matter(text: str) -> FrontMatter:
    """Read title, author and language, and leave out headers and licenses."""
    start, end = body_range(text)
    head = with_plain_breaks(text[: min(max(start, TITLE_PAGE), HEAD)])
    stated = _fields(head)
    page_title, page_author = _title_page(with_plain_breaks(text[start : start + TITLE_PAGE]))
    if start and (not stated.get("title") or not stated.get("author")):
        stated = _first_line(head) | stated
    language = language_code(stated.get("language", ""))
    return FrontMatter(
        title=stated.get("title") or page_title,
        author=stated.get("author") or page_author,
        language=language or guess_language(text[start:end]),
        body_start=start,
        body_end=end,
    )


def body_range(text: str) -> tuple[int, int]:
    """Return where the book begins and ends inside the boilerplate of its source."""
    head = with_plain_breaks(text[:HEAD])
    start = max(
        (m.end() for p in (START_LINE, SMALL_PRINT_END) for m in p.finditer(head)), default=0
    )
    if start and (credits_ := CREDITS.match(head, start)):
        start = credits_.end()
    offset = max(len(text) - TAIL, start)
    tail = with_plain_breaks(text[offset:])
    ends = [offset + match.start() for match in END_LINE.finditer(tail)]
    if STANDARD_EBOOKS in tail.casefold():
        ends += [offset + match.start() for match in COLOPHON.finditer(tail)]
    return start, min(ends, default=len(text))


def _fields(head: str) -> dict[str, str]:
    """Read "Title: ..." lines of a Gutenberg header, a manuscript or a block of metadata."""
    found: dict[str, str] = {}
    for match in FIELD.finditer(head):
        name = FIELDS.get(fold(match[1]))
        if name and name not in found:
            found[name] = _first_part(match[2])
    return found


def _first_part(value: str) -> str:
    """Return the value without its subtitle: the lines below it, unless it was wrapped."""
    lines = [line.strip() for line in value.split("\n")]
    stop = 1
    while stop < len(lines) and len(lines[stop - 1]) >= WRAPPED:
        stop += 1
    return " ".join(" ".join(lines[:stop]).split()).strip("\"'")


def _first_line(head: str) -> dict[str, str]:
    found = GUTENBERG_FIRST.search(head[:TITLE_PAGE])
    if not found:
        return {}
    return {"title": " ".join(found[1].split()), "author": " ".join(found[2].split())}


def _title_page(page: str) -> tuple[str, str]:
    """Read "TITLE", "by", "Name" at the top of a text."""
    blocks = [line.strip() for line in page.split("\n") if line.strip()][:MOST_TITLE_LINES]
    for at, line in enumerate(blocks):
        if len(line) > LONGEST_LINE or (_is_heading(line) and not YEAR.fullmatch(line)):
            break
        core, _, _ = undecorated(line)
        found = BY.fullmatch(core)
        if not found or at == 0:
            continue
        name = found[2] or (blocks[at + 1] if at + 1 < len(blocks) else "")
        author = _name(name)
        if author:
            return _title_above(blocks[:at]), author
    return _lone_title(page), ""


def _name(text: str) -> str:
    core, _, _ = undecorated(text)
    core = YEAR.sub("", " ".join(core.split())).rstrip(".,")
    if not NAME.fullmatch(core):
        return ""
    words = [word for word in core.split() if fold(word) not in SMALL_NAME_WORDS]
    is_name = bool(words) and all(word[0].isupper() for word in words)
    return _cased(core) if is_name else ""


def _title_above(blocks: list[str]) -> str:
    """Join the lines of a title; a half title above it says the same once more."""
    lines = [undecorated(line)[0] for line in blocks]
    lines = [line for line in lines if line and not line.startswith(("[", "("))]
    return _cased(lines[0]) if lines else ""


def _lone_title(page: str) -> str:
    """Take a first line that stands alone right above the first heading or the contents."""
    lines = [line for line in page.split("\n") if line.strip()][:2]
    if len(lines) < 2 or len(lines[0]) > LONGEST_LINE or _is_heading(lines[0]):
        return ""
    core, _, _ = undecorated(lines[0])
    is_title = bool(core) and core[0].isalnum() and core[-1] not in ".,;:"
    return _cased(core) if is_title and _is_heading(lines[1]) else ""


def _is_heading(line: str) -> bool:
    candidate = read_candidate(0, line.strip())
    if candidate is not None and candidate.kind is not Kind.TITLE:
        return True
    return names_one_of(line, CONTENTS)


def _cased(text: str) -> str:
    """Write a title or name in capitals as a library catalog does."""
    if not is_capitals(text):
        return text
    words = text.lower().split()
    return " ".join(
        word if at and word in SMALL_TITLE_WORDS else _capitalized(word)
        for at, word in enumerate(words)
    )


def _capitalized(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


SMALL_TITLE_WORDS = folded_words(
    "a an and as at but by for from in of on or the to with von der die das und de la le les du "
    "des et el y"
)
