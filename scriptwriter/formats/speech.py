"""A speech on paper: its cue, its parts, and where it may be cut for the next page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scriptwriter.formats.elements import Element, Kind
from scriptwriter.formats.inline import ITALIC
from scriptwriter.formats.paper import CUE, DIALOGUE, PARENTHETICAL, Column, Role
from scriptwriter.formats.styled import Cut, Styled, styled

MORE = "(MORE)"
CONTINUED = "(CONT'D)"
# At least so many lines of a cut speech stand on each page.
FEWEST_LINES = 2
# Longer names are cut where they are repeated, and stand as action where they open a speech.
LONGEST_CUE_ROWS = 4

_ROLES = {
    Kind.PARENTHETICAL: Role.PARENTHETICAL,
    Kind.DIALOGUE: Role.DIALOGUE,
    Kind.LYRICS: Role.LYRICS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """Where the parts of a speech stand."""

    cue: Column
    parenthetical: Column
    dialogue: Column

    def of(self, role: Role) -> Column:
        """Return the column for what is spoken and for parentheticals."""
        return self.parenthetical if role is Role.PARENTHETICAL else self.dialogue


SINGLE = Columns(cue=CUE, parenthetical=PARENTHETICAL, dialogue=DIALOGUE)


def dual_columns(left: int, width: int) -> Columns:
    """Return the columns of one of two speeches that stand beside each other."""
    return Columns(
        cue=Column(left=left + 8, width=width - 8),
        parenthetical=Column(left=left + 4, width=width - 6),
        dialogue=Column(left=left, width=width),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A cue, a parenthetical, dialogue or lyrics, with the index of its element."""

    role: Role
    text: Styled
    element: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of a part."""

    part: int
    cut: Cut


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place in a speech: an offset into one of its parts."""

    part: int = 0
    offset: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """The rows of a speech for one page, and where it goes on; None where nothing is left."""

    rows: tuple[Row, ...]
    following: Spot | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech:
    """A speech; `cue` is None where text is spoken without a name."""

    cue: Part | None
    parts: tuple[Part, ...]
    is_dual: bool = False

    def cue_rows(self, columns: Columns) -> list[Cut]:
        """Return the lines of the cue."""
        return list(self.cue.text.cuts(0, columns.cue.width)) if self.cue else []

    def continued(self) -> str:
        """Return the cue for the next page."""
        name = " ".join(self.cue.text.text.split()) if self.cue else ""
        name = name[: CUE.width - len(CONTINUED) - 1]
        if "CONT'D" in name.upper().replace("’", "'"):
            return name
        return f"{name} {CONTINUED}".strip()

    def rows(self, spot: Spot, columns: Columns) -> Iterator[Row]:
        """Yield the rows from a spot on."""
        offset = spot.offset
        for number in range(spot.part, len(self.parts)):
            part = self.parts[number]
            for cut in part.text.cuts(offset, columns.of(part.role).width):
                yield Row(part=number, cut=cut)
            offset = 0

    def share(self, spot: Spot, room: int) -> Share | None:
        """Return what of the speech goes into `room` rows, a row for (MORE) counted.

        Cuts after a sentence or before a parenthetical. None where no such cut leaves enough lines
        on both pages.
        """
        rows = list(islice(self.rows(spot, SINGLE), room + 1))
        if len(rows) <= room:
            return Share(rows=tuple(rows), following=None)
        for count in range(room - 1, FEWEST_LINES - 1, -1):
            share = self._share_after_sentence(rows[:count])
            if share:
                return share
        return None

    def forced_share(self, spot: Spot, room: int) -> Share:
        """Return what goes into a page of `room` rows, cut at its last line end."""
        rows = tuple(islice(self.rows(spot, SINGLE), room - 1))
        return Share(rows=rows, following=self._after(rows[-1]))

    def _share_after_sentence(self, rows: list[Row]) -> Share | None:
        last = rows[-1]
        part = self.parts[last.part]
        if part.role is Role.PARENTHETICAL:
            return None
        ends = list(part.text.sentence_ends(last.cut.start, last.cut.stop))
        if last.cut.following > len(part.text.text):
            ends.append(last.cut.stop)
        for end in reversed(ends):
            if not part.text.text[last.cut.start : end].strip():
                continue
            cut = Cut(start=last.cut.start, stop=end, following=part.text.skip(end))
            row = Row(part=last.part, cut=cut)
            following = self._after(row)
            if len(list(islice(self.rows(following, SINGLE), FEWEST_LINES))) == FEWEST_LINES:
                return Share(rows=(*rows[:-1], row), following=following)
        return None

    def _after(self, row: Row) -> Spot:
        text = self.parts[row.part].text.text
        offset = row.cut.following
        while offset < len(text) and text[offset].isspace():
            offset += 1
        return Spot(part=row.part, offset=offset) if offset < len(text) else Spot(part=row.part + 1)


def cue_part(element: Element, index: int) -> Part:
    """Make the cue of a speech."""
    return Part(role=Role.CUE, text=styled(element.text or element.speaker), element=index)


def spoken_part(element: Element, index: int) -> Part | None:
    """Make a part of a speech; None where there is nothing to print."""
    text = element.text
    if element.kind is Kind.PARENTHETICAL and not text.lstrip().startswith("("):
        text = f"({text})"
    style = ITALIC if element.kind is Kind.LYRICS else 0
    part = Part(role=_ROLES[element.kind], text=styled(text, style=style), element=index)
    return part if part.text.text.strip() else None
