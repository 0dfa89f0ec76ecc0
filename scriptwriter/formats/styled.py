"""Text with a style for each letter, and its lines in a column of fixed width."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scriptwriter.formats.glyphs import printable
from scriptwriter.formats.inline import BOLD, ITALIC, UNDERLINE, Run, inline

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
# A period behind these ends no sentence.
_TITLES = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Lt|Sgt|Rev)|\b[A-Z])$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """One line of a text: from `start` up to `stop`; the next line begins at `following`."""

    start: int
    stop: int
    following: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Styled:
    """Plain text that can be printed; `styles` has one byte a letter, or is empty for none."""

    text: str
    styles: bytes = b""

    def runs(self, start: int, stop: int) -> tuple[Run, ...]:
        """Return a stretch as runs."""
        if not self.styles:
            return (Run(text=self.text[start:stop]),) if stop > start else ()
        runs: list[Run] = []
        while start < stop:
            style = self.styles[start]
            rest = self.styles[start:stop]
            length = len(rest) - len(rest.lstrip(bytes([style])))
            runs.append(_run(self.text[start : start + length], style))
            start += length
        return tuple(runs)

    def cut(self, start: int, width: int) -> Cut:
        """Return the line that begins at `start`, at most `width` letters.

        It ends at a line end, else at the last space or behind the last hyphen that fits; a longer
        word is cut.
        """
        stop = self.text.find("\n", start, start + width + 1)
        if stop >= 0 or len(self.text) - start <= width:
            following = (len(self.text) if stop < 0 else stop) + 1
            stop = start + len(self.text[start : following - 1].rstrip(" "))
            return Cut(start=start, stop=stop, following=following)
        first = start
        while first < start + width and self.text[first] == " ":
            first += 1
        space = self.text.rfind(" ", first, start + width + 1)
        hyphen = self.text.rfind("-", first + 1, start + width) + 1
        stop = max(space, hyphen) if max(space, hyphen) > first else start + width
        return Cut(start=start, stop=stop, following=self.skip(stop))

    def skip(self, position: int) -> int:
        """Return where the next line begins if one ends at `position`: past spaces, one line end."""
        while position < len(self.text) and self.text[position] == " ":
            position += 1
        return position + 1 if self.text[position : position + 1] == "\n" else position

    def cuts(self, start: int, width: int) -> Iterator[Cut]:
        """Yield the lines from `start` on; a text of nothing has none."""
        while start < len(self.text):
            cut = self.cut(start, width)
            yield cut
            start = cut.following

    def sentence_ends(self, start: int, stop: int) -> Iterator[int]:
        """Yield the offsets behind the sentences that end in a stretch."""
        for found in _SENTENCE_END.finditer(self.text, start, stop + 1):
            if found.end() <= stop and not _TITLES.search(
                self.text, max(start, found.start() - 8), found.start()
            ):
                yield found.end()


def styled(markup: str, *, change: Callable[[str], str] = str, style: int = 0) -> Styled:
    """Make printable text of inline markup; `style` is added to every letter."""
    texts: list[str] = []
    styles: list[bytes] = []
    for run in inline(markup):
        text = change(printable(run.text))
        own = BOLD * run.bold | ITALIC * run.italic | UNDERLINE * run.underline | style
        texts.append(text)
        styles.append(bytes([own]) * len(text))
    joined = b"".join(styles)
    return Styled(text="".join(texts), styles=joined if joined.strip(b"\0") else b"")


def _run(text: str, style: int) -> Run:
    return Run(
        text=text,
        bold=bool(style & BOLD),
        italic=bool(style & ITALIC),
        underline=bool(style & UNDERLINE),
    )
