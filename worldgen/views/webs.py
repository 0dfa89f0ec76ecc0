"""Who is what to whom as a picture: rows as nodes, ties as lines. The same rows give the same picture.

The layout is that of Fruchterman and Reingold (1991) with a fixed start, a circle in the order of the ties.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT, MARGIN = 1000, 680, 70
SIDE = 110  # half of a long name stands beside its circle
MOST_NODES = 80
WORK = 260_000  # pairs looked at in all rounds together, so that a page is not slow
LETTER, SIZE = 0.56, 16
#: What a kind of tie counts as; the first word is its group, in words and in color.
GROUPS = {
    "family": ("parent", "child", "sibling", "spouse"),
    "love": ("lover",),
    "friends": ("friend", "ally", "mentor", "student", "secret_ally", "aspect", "owes_life"),
    "business": ("employer", "employee", "creditor", "debtor", "trade_partner", "vassal",
                 "overlord", "servant", "master"),
    "rivals": ("rival",),
    "enemies": ("enemy", "betrayed", "slain_by", "infiltrated", "fears"),
    "others": (),
}  # fmt: skip
AGAINST = ("rivals", "enemies")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie:
    """One end to the other: codes, the word for it, and whether players see it."""

    id: str
    start: str
    end: str
    word: str
    description: str = ""
    is_hidden: bool = False

    @property
    def group(self) -> str:
        """Which group of ties it belongs to."""
        return next((name for name, words in GROUPS.items() if self.word in words), "others")

    @property
    def said(self) -> str:
        """The word as it is read."""
        return self.word.replace("_", " ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """Somebody in the picture; larger with more ties."""

    code: str
    name: str
    x: int
    y: int
    radius: int
    ties: int

    @property
    def label_y(self) -> int:
        """The base line of the name, below the circle."""
        return self.y + self.radius + SIZE


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A tie as a curve; ties in both directions bend apart, equal ones are one line."""

    path: str
    group: str
    is_against: bool
    is_both: bool


@dataclass(kw_only=True, slots=True)
class Web:
    """A whole picture, and how many rows found no room in it."""

    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0
    width: int = WIDTH
    height: int = HEIGHT


def draw(names: dict[str, str], ties: Sequence[Tie]) -> Web:
    """The picture of these ties; who has none is left to the table."""
    degree: dict[str, set[str]] = {}
    for tie in ties:
        if tie.start in names and tie.end in names:
            degree.setdefault(tie.start, set()).add(tie.end)
            degree.setdefault(tie.end, set()).add(tie.start)
    ranked = sorted(degree, key=lambda code: (-len(degree[code]), code))
    codes = ranked[:MOST_NODES]
    near = {code: degree[code] & set(codes) for code in codes}
    spots = _layout(_in_line(codes, near), near)
    nodes = [
        Node(code=code, name=names[code], x=round(spots[code][0]), y=round(spots[code][1]),
             radius=7 + min(9, 2 * len(near[code])), ties=len(degree[code]))
        for code in codes
    ]  # fmt: skip
    return Web(nodes=nodes, lines=_lines(spots, ties), left_out=len(ranked) - len(codes))


def _in_line(codes: Iterable[str], near: dict[str, set[str]]) -> list[str]:
    """Neighbors one after the other, so that the start has few crossings."""
    found: list[str] = []
    for first in codes:
        left = [first]
        while left:
            here = left.pop(0)
            if here not in found:
                found.append(here)
                left += sorted(near[here] - set(found))
    return found


def _layout(order: list[str], near: dict[str, set[str]]) -> dict[str, tuple[float, float]]:
    count = len(order)
    if not count:
        return {}
    spots = {
        code: [math.cos(n / count * math.tau) * 300, math.sin(n / count * math.tau) * 200]
        for n, code in enumerate(order)
    }
    best = 0.9 * math.sqrt(WIDTH * HEIGHT / count)
    rounds = max(20, min(250, WORK // max(1, count * count // 2)))
    for number in range(rounds):
        _move(order, spots, near, best, heat=120 * (1 - number / rounds) + 1)
    return _fitted(spots)


def _move(
    order: list[str],
    spots: dict[str, list[float]],
    near: dict[str, set[str]],
    best: float,
    *,
    heat: float,
) -> None:
    """One round: all push each other away, neighbors pull, nobody moves further than the heat."""
    moves = {code: [0.0, 0.0] for code in order}
    for number, one in enumerate(order):
        x, y = spots[one]
        for other in order[number + 1 :]:
            dx, dy = x - spots[other][0], y - spots[other][1]
            gap = math.hypot(dx, dy) or 0.1
            force = best * best / gap
            if other in near[one]:
                force -= gap * gap / best
            fx, fy = dx / gap * force, dy / gap * force
            moves[one][0] += fx
            moves[one][1] += fy
            moves[other][0] -= fx
            moves[other][1] -= fy
    for code, (mx, my) in moves.items():
        mx -= spots[code][0] * 0.12  # a light pull to the middle keeps parts together
        my -= spots[code][1] * 0.2
        far = math.hypot(mx, my) or 0.1
        step = min(far, heat) / far
        spots[code][0] += mx * step
        spots[code][1] += my * step


def _fitted(spots: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    """The layout stretched to the picture."""
    xs, ys = [x for x, _ in spots.values()], [y for _, y in spots.values()]
    wide, high = max(xs) - min(xs) or 1, max(ys) - min(ys) or 1
    return {
        code: (
            SIDE + (x - min(xs)) / wide * (WIDTH - 2 * SIDE) if len(spots) > 1 else WIDTH / 2,
            MARGIN / 2 + (y - min(ys)) / high * (HEIGHT - 2 * MARGIN),
        )
        for code, (x, y) in spots.items()
    }


def _lines(spots: dict[str, tuple[float, float]], ties: Sequence[Tie]) -> list[Line]:
    drawn: dict[tuple[str, str], set[str]] = {}
    for tie in ties:
        if tie.start in spots and tie.end in spots and tie.start != tie.end:
            drawn.setdefault((tie.start, tie.end), set()).add(tie.group)
    found = []
    for (start, end), groups in sorted(drawn.items()):
        for number, group in enumerate(sorted(groups)):
            both = group in drawn.get((end, start), ())
            if both and end < start:
                continue  # drawn with the other direction
            bend = 0 if both and number == 0 else 26 * (number + 1)
            found.append(
                Line(path=_curve(spots[start], spots[end], bend), group=group,
                     is_against=group in AGAINST, is_both=both)
            )  # fmt: skip
    return found


def _curve(start: tuple[float, float], end: tuple[float, float], bend: float) -> str:
    (x1, y1), (x2, y2) = start, end
    far = math.dist(start, end) or 1
    mx = (x1 + x2) / 2 - (y2 - y1) / far * bend
    my = (y1 + y2) / 2 + (x2 - x1) / far * bend
    return f"M{x1:.0f} {y1:.0f}Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}"
