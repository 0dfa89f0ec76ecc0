"""The lines of a text that say something, with their offsets, whatever ends a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

# Line breaks that some systems write, and spaces that str.strip does not know.
BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
INVISIBLE = "\ufeff\u200b\u2060"
# Lines of prose that are longer than this are whole paragraphs; hard-wrapped prose keeps below.
WRAP_WIDTH = 110
SENTENCE_ENDS = tuple(".!?…。！？)]_*:;—-\"'“”‘’«»„‹›")
# Books have more characters than this per line end, and per line that says something; a text
# with fewer is a list of words, not worth reading by lines.
FEWEST_PER_LINE_END = 4
FEWEST_PER_LINE = 20
FREE_LINES = 10_000
# In hard-wrapped prose the line at this percentile is a full one.
FULL_LINE = 80
# How many blank lines "before the first line" counts for.
TOP_GAP = 1000
# Below this share of lines with a blank line before them, blank lines do not mark paragraphs.
SPACED_SHARE = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """The non-blank lines from `start` to `end` of a text; all lists run in parallel.

    `starts` are offsets of line starts in the text as given, `texts` the lines without outer
    space, `gaps` the number of blank lines before each; `weights` sums up the letters before
    each line (one item more than lines). `is_wrapped` says that paragraphs run over several lines,
    `is_spaced` that blank lines are used at all; `width` is that of a full line.
    """

    starts: list[int]
    texts: list[str]
    gaps: list[int]
    weights: list[int]
    end: int
    is_wrapped: bool
    is_spaced: bool
    width: int

    def __len__(self) -> int:
        return len(self.texts)

    def start_of(self, line: int) -> int:
        """Return the offset of a line; past the last one the end of the text."""
        return self.starts[line] if line < len(self.starts) else self.end

    def gap_before(self, line: int) -> int:
        """Return the number of blank lines before a line; the end of the text counts as many."""
        return self.gaps[line] if line < len(self.gaps) else TOP_GAP

    def ends_early(self, line: int) -> bool:
        """Say whether a line was broken on purpose: the first word of the next would have fit."""
        if line + 1 >= len(self.texts) or not self.is_wrapped:
            return True
        word = self.texts[line + 1].split(None, 1)[0]
        return len(self.texts[line]) + 1 + len(word) < self.width

    def begins(self, line: int) -> bool:
        """Say whether a paragraph or a heading begins with a line, as far as its place tells."""
        if self.gaps[line] or not self.is_wrapped:
            return True
        if self.is_spaced:
            return False
        before = closes_sentence(self.texts[line - 1]) and self.ends_early(line)
        return before or self.ends_early(line - 1)

    def weight(self, first: int, stop: int) -> int:
        """Return how many letters the lines from `first` up to `stop` hold."""
        return self.weights[stop] - self.weights[first] if first < stop else 0


def closes_sentence(text: str) -> bool:
    """Say whether prose may stop after this line; page furniture stands in mid-sentence."""
    return text.endswith(SENTENCE_ENDS)


def read_lines(text: str, start: int, end: int) -> Lines | None:
    """Cut text[start:end] into lines; None for a text of next to nothing but line ends."""
    shadow = with_plain_breaks(text[start:end])
    if shadow.count("\n") > len(shadow) // FEWEST_PER_LINE_END + FREE_LINES:
        return None
    starts: list[int] = []
    texts: list[str] = []
    gaps: list[int] = []
    offset, blank = start, TOP_GAP
    for piece in shadow.split("\n"):
        stripped = piece.strip()
        if stripped:
            starts.append(offset)
            texts.append(stripped)
            gaps.append(blank)
            blank = 0
        else:
            blank += 1
        offset += len(piece) + 1
    if len(texts) > len(shadow) // FEWEST_PER_LINE + FREE_LINES:
        return None
    return _measured(starts, texts, gaps, end=end)


def with_plain_breaks(text: str) -> str:
    """Return a text of the same length in which every line ends with a single line feed."""
    shadow = text.replace("\r\n", " \n")
    for character in BREAKS:
        shadow = shadow.replace(character, "\n")
    for character in INVISIBLE:
        shadow = shadow.replace(character, " ")
    return shadow


def _measured(starts: list[int], texts: list[str], gaps: list[int], *, end: int) -> Lines:
    lengths = [len(line) for line in texts]
    total = sum(lengths)
    in_long = sum(length for length in lengths if length > WRAP_WIDTH)
    full = sorted(lengths)[len(lengths) * FULL_LINE // 100] if lengths else 0
    spaced = sum(1 for gap in gaps if gap)
    return Lines(
        starts=starts,
        texts=texts,
        gaps=gaps,
        weights=[0, *accumulate(lengths)],
        end=end,
        is_wrapped=in_long * 2 < total,
        width=full,
        is_spaced=spaced >= max(len(texts) * SPACED_SHARE, 2),
    )
