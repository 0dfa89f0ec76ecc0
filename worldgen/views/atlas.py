"""The map of a world, drawn from the coordinates of its rows: the same rows give the same picture.

Positions of rows are percent of the map, x to the right and y down; the picture is `WIDTH` by `HEIGHT`
and shows the part of the map that is used.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from worldgen.models import GeographyRegion, Location, LocationConnection

WIDTH, HEIGHT, MARGIN = 1000, 580, 90
# Of the size of the letters, how wide one is on average: names of places, and spaced capitals of regions.
LETTER, CAPITAL = 0.56, 0.8
POINTS = 12  # corners of the coast of a region
ROUGHNESS = 0.16
WATER = ("sea", "ocean")
ROUGH = ("mountain_range", "volcanic", "underground", "tundra")
GREEN = ("forest", "swamp", "island", "archipelago", "river_basin")
SIZES = {"city": 9, "town": 7, "village": 6, "hamlet": 5}
SMALL = 5
MOST_PLACES = 120
DEEPEST = 4  # levels of regions
#: Where in a region its name may stand, from its center and in radii: near its upper coast first.
WITHIN = tuple((x, y) for y in (-0.72, 0.72, -0.4, 0.4, 0.0, -1.0, 1.0) for x in (0.0, -0.45, 0.45))
SMALLEST, LARGEST = 60.0, 130.0  # radius of a region that holds no other


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """Words at a place that no other label covers."""

    x: int
    y: int
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Land:
    """A region: its outline as an SVG path, and what sort of ground it is."""

    code: str
    name: str
    path: str
    ground: str
    label: Label | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A location: a dot, larger for larger settlements; without a label where none fits."""

    code: str
    name: str
    x: int
    y: int
    radius: int
    is_settlement: bool
    label: Label | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A way between two places."""

    x1: int
    y1: int
    x2: int
    y2: int
    kind: str


@dataclass(kw_only=True, slots=True)
class Atlas:
    """A whole map."""

    lands: list[Land] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT


Point = tuple[float, float]
Box = tuple[float, float, float, float]
Spot = tuple[float, float, str]  # where words stand, and what of them stands there


def draw(
    regions: Sequence[GeographyRegion],
    locations: Sequence[Location],
    routes: Iterable[LocationConnection],
) -> Atlas:
    """The map of these rows."""
    taken: list[Box] = []
    points = [(row.map_x, row.map_y) for row in locations]
    fit = _Fit([*points, *((row.map_x, row.map_y) for row in _leaves(regions))])
    shown = sorted(locations, key=lambda each: (-each.population, each.code))[:MOST_PLACES]
    spots = _apart({each.code: fit.point(each.map_x, each.map_y) for each in shown})
    by_id = {each.pk: spots[each.code] for each in shown}
    for each in shown:
        x, y = spots[each.code]
        taken.append((x - 9, y - 9, x + 9, y + 9))
    places = [_place(each, spots[each.code], taken) for each in shown]
    lands = _lands(regions, fit, taken)
    lines = []
    for way in routes:
        ends = by_id.get(way.from_location_id), by_id.get(way.to_location_id)
        if ends[0] and ends[1]:
            (x1, y1), (x2, y2) = ends  # type: ignore[misc]
            lines.append(Route(x1=round(x1), y1=round(y1), x2=round(x2), y2=round(y2),
                               kind=str(way.connection_type)))  # fmt: skip
    return Atlas(lands=lands, places=places, routes=lines)


class _Fit:
    """From percent of the map to the picture, so that what is used fills it."""

    def __init__(self, points: Sequence[Point]) -> None:
        xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
        self.left, self.top = min(xs), min(ys)
        self.wide, self.high = max(xs) - self.left or 1, max(ys) - self.top or 1

    def point(self, x: float, y: float) -> Point:
        """Where a point of the map is drawn."""
        return (
            MARGIN + (x - self.left) / self.wide * (WIDTH - 2 * MARGIN),
            MARGIN + (y - self.top) / self.high * (HEIGHT - 2 * MARGIN),
        )


def _leaves(regions: Sequence[GeographyRegion]) -> list[GeographyRegion]:
    """Regions that hold no other one; the rest is drawn around those it holds."""
    parents = {row.parent_region_id for row in regions}
    return [row for row in regions if row.pk not in parents]


def _apart(spots: dict[str, Point], least: float = 26) -> dict[str, Point]:
    """Places that would cover each other, moved aside; a few rounds are enough for a map."""
    found = dict(sorted(spots.items()))
    codes = list(found)
    for _ in range(12):
        moved = False
        for number, one in enumerate(codes):
            for other in codes[number + 1 :]:
                (x1, y1), (x2, y2) = found[one], found[other]
                gap = math.hypot(x2 - x1, y2 - y1)
                if gap >= least:
                    continue
                angle = (
                    math.atan2(y2 - y1, x2 - x1) if gap > 0.01 else _share(one + other) * math.tau
                )
                push = (least - gap) / 2 + 0.5
                dx, dy = math.cos(angle) * push, math.sin(angle) * push
                found[one] = _inside(x1 - dx, y1 - dy)
                found[other] = _inside(x2 + dx, y2 + dy)
                moved = True
        if not moved:
            break
    return found


def _inside(x: float, y: float) -> Point:
    return min(max(x, 20), WIDTH - 20), min(max(y, 20), HEIGHT - 20)


def _place(row: Location, spot: Point, taken: list[Box]) -> Place:
    x, y = spot
    radius = SIZES.get(str(row.location_type), SMALL)
    return Place(
        code=row.code,
        name=row.name,
        x=round(x),
        y=round(y),
        radius=radius,
        is_settlement=row.location_type in SIZES,
        label=_free_label(row.name, x, y, radius + 6, taken, size=17),
    )


def _free_label(
    text: str, x: float, y: float, gap: float, taken: list[Box], *, size: int
) -> Label | None:
    """The first of six positions around a point where the words cover nothing."""
    options = (
        (x + gap, y + size / 3, "start"), (x - gap, y + size / 3, "end"),
        (x, y - gap, "middle"), (x, y + gap + size * 0.8, "middle"),
        (x + gap, y - gap, "start"), (x - gap, y + gap + size * 0.6, "end"),
    )  # fmt: skip
    return _first_free(text, options, len(text) * size * LETTER, taken, size=size)


def _first_free(
    text: str, options: Iterable[Spot], wide: float, taken: list[Box], *, size: int
) -> Label | None:
    for left, base, anchor in options:
        start = left - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        box = (start, base - size, start + wide, base + size * 0.3)
        inside = box[0] >= 4 and box[2] <= WIDTH - 4 and box[1] >= 4 and box[3] <= HEIGHT - 4
        if inside and not any(_cover(box, other) for other in taken):
            taken.append(box)
            return Label(x=round(left), y=round(base), text=text, anchor=anchor)
    return None


def _cover(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _lands(regions: Sequence[GeographyRegion], fit: _Fit, taken: list[Box]) -> list[Land]:
    """Regions as coasts, the ones that hold others first, so that parts lie on top of the whole."""
    coasts = _Coasts(regions, fit)
    order = sorted(regions, key=lambda row: (-coasts.of(row)[1], row.code))
    return [_land(row, *coasts.of(row), taken) for row in order]


class _Coasts:
    """Center and radius of each region: a leaf by its neighbors, others around what they hold."""

    def __init__(self, regions: Sequence[GeographyRegion], fit: _Fit) -> None:
        self.points = {row.pk: fit.point(row.map_x, row.map_y) for row in regions}
        self.children: dict[object, list[GeographyRegion]] = {}
        for row in sorted(regions, key=lambda row: row.code):
            self.children.setdefault(row.parent_region_id, []).append(row)
        self.known: dict[object, tuple[Point, float]] = {}

    def of(self, row: GeographyRegion, depth: int = 0) -> tuple[Point, float]:
        """Center and radius; a chain of parents deeper than the rules allow is cut."""
        if row.pk not in self.known:
            inner = self.children.get(row.pk, []) if depth < DEEPEST else []
            self.known[row.pk] = self._around(inner, depth) if inner else self._alone(row)
        return self.known[row.pk]

    def _alone(self, row: GeographyRegion) -> tuple[Point, float]:
        here = self.points[row.pk]
        others = [p for pk, p in self.points.items() if pk != row.pk]
        near = min((math.dist(here, other) for other in others), default=LARGEST)
        return here, min(LARGEST, max(SMALLEST, 0.75 * near))

    def _around(self, inner: Sequence[GeographyRegion], depth: int) -> tuple[Point, float]:
        circles = [self.of(child, depth + 1) for child in inner]
        x = sum(center[0] for center, _ in circles) / len(circles)
        y = sum(center[1] for center, _ in circles) / len(circles)
        return (x, y), max(math.dist((x, y), c) + radius for c, radius in circles) + 18


def _land(row: GeographyRegion, center: Point, radius: float, taken: list[Box]) -> Land:
    kind = str(row.region_type)
    ground = (
        "water" if kind in WATER else "rough" if kind in ROUGH else "green" if kind in GREEN
        else "plain"
    )  # fmt: skip
    x, y = center
    name = row.name.upper()
    wide = len(name) * 15 * CAPITAL
    options = (_on_map(x + dx * radius, y + dy * radius, wide) for dx, dy in WITHIN)
    label = _first_free(name, options, wide, taken, size=15)
    return Land(code=row.code, name=row.name, path=_coast(row.code, x, y, radius), ground=ground,
                label=label)  # fmt: skip


def _on_map(x: float, y: float, wide: float) -> Spot:
    """The nearest place from which words of this width do not leave the picture."""
    left = min(max(x, wide / 2 + 5), WIDTH - wide / 2 - 5)
    return left, min(max(y, 24.0), HEIGHT - 12.0), "middle"


def _coast(code: str, x: float, y: float, radius: float) -> str:
    """A closed curve around a point; its shape follows from the code."""
    corners = []
    for number in range(POINTS):
        far = radius * (1 + ROUGHNESS * (2 * _share(f"{code} {number}") - 1))
        angle = number / POINTS * math.tau
        corners.append((x + math.cos(angle) * far * 1.15, y + math.sin(angle) * far * 0.85))
    middles = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    start = middles[-1]
    curves = "".join(
        f"Q{corner[0]:.0f} {corner[1]:.0f} {to[0]:.0f} {to[1]:.0f}"
        for corner, to in zip(corners, middles, strict=True)
    )
    return f"M{start[0]:.0f} {start[1]:.0f}{curves}Z"


def _share(text: str) -> float:
    """A number from 0 to 1 that follows from the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
