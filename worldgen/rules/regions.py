"""The map: a tree of regions with shares of land and people, and who borders whom."""

from __future__ import annotations

from worldgen.rules.brief import Row
from worldgen.rules.rng import Stream
from worldgen.rules.world import World

REGION_TYPES = (
    "continent", "subcontinent", "land", "island", "archipelago", "sea", "ocean", "mountain_range", "forest", "desert",
    "plains", "swamp", "tundra", "coast", "river_basin", "underground", "volcanic",
)  # fmt: skip
_MOST_NEIGHBORS = 6
_INHABITED_TOPS = ((6, 1), (14, 2), (99, 3))
"""Up to how many regions there are how many inhabited top-level ones."""


def region_shapes(w: World) -> dict[str, Row]:
    """Draw the tree: top-level lands, one wild region or more, and their parts."""
    codes = w.codes("geography_regions")
    home = next(iter(w.codes("planes")), None)
    tops, wilds = _roots(codes)
    shapes: dict[str, Row] = {}
    for turn, code in enumerate(codes):
        dice = w.stream("geography_regions", code, "shape")
        is_wild = code in wilds
        line = w.line("geography_regions", code)
        parent = None if code in tops or is_wild else tops[turn % len(tops)]
        if line.get("parent") in shapes and line.get("parent") != code:
            parent = line["parent"]
        shapes[code] = _land(w, code, turn=turn, is_wild=is_wild, is_top=code in tops) | {
            "parent_region": parent,
            "plane": home,
            "_wild": is_wild,
            "_weight": 0.5 + dice.unit(),
        }
    _share_out(w, shapes)
    _place_on_map(w, shapes)
    _join_neighbors(shapes)
    return shapes


def _roots(codes: list[str]) -> tuple[list[str], list[str]]:
    count = next(tops for most, tops in _INHABITED_TOPS if len(codes) <= most or most == 99)
    tops = codes[: min(count, len(codes))]
    wild = 2 if len(codes) >= 16 else 1 if len(codes) > 3 else 0
    return tops, codes[len(codes) - wild :] if wild else []


def _land(w: World, code: str, *, turn: int, is_wild: bool, is_top: bool) -> Row:
    pool = w.theme.order("geography_regions", "wild" if is_wild else "land")
    kind, climate, environment, travel, noun = pool[turn % len(pool)].split(";")
    if is_top and kind != "archipelago":
        kind = "continent"
    return {
        "region_type": w.kind("geography_regions", code, kind, REGION_TYPES),
        "climate": climate,
        "environment": environment,
        "travel_difficulty": travel,
        "_noun": noun,
        "_turn": turn // len(pool),
    }


def children(shapes: dict[str, Row], code: str | None) -> list[str]:
    """Return the regions directly inside a region; for None the top-level ones."""
    return [c for c, shape in shapes.items() if shape["parent_region"] == code]


def ancestry(w: World, code: str | None) -> list[str]:
    """Return the region and all around it, the innermost first."""
    shapes = w.shape("geography_regions")
    chain: list[str] = []
    while code in shapes and code not in chain:
        chain.append(code)
        code = shapes[code]["parent_region"]
    return chain


def inhabited_tops(w: World) -> list[str]:
    """Return the top-level regions with people."""
    shapes = w.shape("geography_regions")
    return [c for c in children(shapes, None) if shapes[c]["population"] > 0] or list(shapes)[:1]


def inhabited(w: World) -> list[str]:
    """Return every region with people, the parts before the wholes where there are parts."""
    shapes = w.shape("geography_regions")
    parts = [c for c, s in shapes.items() if s["population"] > 0 and s["parent_region"]]
    return parts or inhabited_tops(w)


def _share_out(w: World, shapes: dict[str, Row]) -> None:
    for code in children(shapes, None):
        dice = w.stream("geography_regions", code, "size")
        area = dice.between(300, 2400) * 1000
        shapes[code]["area_km2"] = area
        shapes[code]["population"] = 0 if shapes[code]["_wild"] else area * dice.between(4, 12)
        _split(shapes, code)


def _split(shapes: dict[str, Row], code: str) -> None:
    inside = children(shapes, code)
    weights = sum(shapes[c]["_weight"] for c in inside) or 1
    for child in inside:
        share = 0.85 * shapes[child]["_weight"] / weights
        shapes[child]["area_km2"] = max(1, int(shapes[code]["area_km2"] * share))
        shapes[child]["population"] = int(shapes[code]["population"] * share)
        _split(shapes, child)


def _place_on_map(w: World, shapes: dict[str, Row]) -> None:
    tops = children(shapes, None)
    width = 80 / max(1, len(tops))
    for turn, code in enumerate(tops):
        dice = w.stream("geography_regions", code, "map")
        x = 10 + width * (turn + 0.5)
        shapes[code].update(map_x=round(x, 1), map_y=round(30 + 40 * dice.unit(), 1))
        _scatter(w, shapes, code, width / 2)


def _scatter(w: World, shapes: dict[str, Row], code: str, reach: float) -> None:
    for child in children(shapes, code):
        dice = w.stream("geography_regions", child, "map")
        shapes[child]["map_x"] = _near(dice, shapes[code]["map_x"], reach)
        shapes[child]["map_y"] = _near(dice, shapes[code]["map_y"], reach)
        _scatter(w, shapes, child, reach / 2)


def _near(dice: Stream, middle: float, reach: float) -> float:
    return round(min(97.0, max(3.0, middle + (2 * dice.unit() - 1) * reach)), 1)


def distance(one: Row, other: Row) -> float:
    """Return the distance of two rows on the map, in percent of its width."""
    dx, dy = one["map_x"] - other["map_x"], one["map_y"] - other["map_y"]
    return float((dx * dx + dy * dy) ** 0.5)


def _join_neighbors(shapes: dict[str, Row]) -> None:
    links: dict[str, set[str]] = {code: set() for code in shapes}
    for code, shape in shapes.items():
        peers = [c for c in children(shapes, shape["parent_region"]) if c != code]
        peers.sort(key=lambda c: (distance(shapes[c], shape), c))
        for peer in peers[:2]:
            if max(len(links[code]), len(links[peer])) < _MOST_NEIGHBORS:
                links[code].add(peer)
                links[peer].add(code)
    for code, shape in shapes.items():
        shape["adjacent_regions"] = sorted(links[code])
