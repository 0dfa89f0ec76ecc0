"""Text built from blocks: paragraphs and headings a blank line apart, with marks of where."""

from __future__ import annotations

from dataclasses import dataclass

from scriptwriter.readers import limits
from storyforge.core.errors import FileTooLarge

SCENE_BREAK = "* * *"


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block, `text[start:end]`; `level` is 1-6 for a heading, 0 for prose.

    `types` are the kinds (epub:type, ARIA role) of the elements around it.
    """

    start: int
    end: int
    level: int
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """A finished text, its blocks in order, and the offsets of named places in it."""

    text: str
    blocks: tuple[Block, ...]
    anchors: dict[str, int]


class BlockWriter:
    """Collects blocks into one text. Raises FileTooLarge over the cap on characters."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._anchors: dict[str, int] = {}
        self._waiting: list[str] = []
        self._break_waits = False
        self._offset = 0

    def add(self, text: str, *, level: int = 0, types: frozenset[str] = frozenset()) -> None:
        """Append a block; places named since the last one point at its start."""
        if not text:
            return
        if self._break_waits:
            self._break_waits = False
            if level == 0:
                self._append(SCENE_BREAK, level=0, types=types)
        start = self._append(text, level=level, types=types)
        self._resolve(start)

    def name(self, anchor: str) -> None:
        """Name the place where the next block will start; the first use of a name counts."""
        self._waiting.append(anchor)

    def scene_break(self) -> None:
        """Put a scene break before the next block if it is prose, as is the one before."""
        self._break_waits = bool(self._blocks) and self._blocks[-1].level == 0

    def end_page(self) -> None:
        """Forget a rule at the end of a page: there it is an ornament."""
        self._break_waits = False

    def finish(self) -> Blocks:
        """Return what was collected; places named after the last block point at the end."""
        text = "\n\n".join(self._parts)
        self._resolve(len(text))
        return Blocks(text=text, blocks=tuple(self._blocks), anchors=dict(self._anchors))

    def _append(self, text: str, *, level: int, types: frozenset[str]) -> int:
        start = self._offset + 2 if self._parts else 0
        end = start + len(text)
        if end > limits.TEXT_CHARS:
            raise FileTooLarge(f"The text is longer than {limits.TEXT_CHARS:,} characters.")
        self._parts.append(text)
        self._blocks.append(Block(start=start, end=end, level=level, types=types))
        self._offset = end
        return start

    def _resolve(self, offset: int) -> None:
        for anchor in self._waiting:
            self._anchors.setdefault(anchor, offset)
        self._waiting.clear()
