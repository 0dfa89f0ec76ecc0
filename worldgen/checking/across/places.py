"""Regions, places, houses and altars: what must agree between their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from worldgen.checking.registry import Finding, Found, check
from worldgen.rows import World

if TYPE_CHECKING:
    from worldgen.answers.defaults import Defaults

DEEPEST = 4  # levels of what lies in what
INSIDE = {"geography_regions": "parent_region", "locations": "parent_location"}
#: Buildings that a world cannot be without: services stand in them.
HOUSES = ("inn", "shop", "temple")
#: Ranks of gods that have a temple.
GREAT = ("greater", "intermediate")


def _chain(key: str, above: Mapping[str, str | None]) -> list[str]:
    """The row and all it lies in, the outermost last; a circle ends where it closes."""
    found, here = [key], above.get(key)
    while here and here not in found:
        found.append(here)
        here = above.get(here)
    return found


def _raise(found: Defaults, finding: Finding) -> None:
    """It lies in what it lay in before, on the deepest level that may hold something."""
    column = INSIDE[finding.table]
    above = {k: row[column] for k, row in found.world.rows(finding.table).items()}
    row = found.change(finding.table, finding.row)
    if row is not None:
        row[column] = _chain(finding.row, above)[1 - DEEPEST]


@check("X08", reads=tuple(INSIDE), mend=_raise)
def nothing_lies_too_deep(world: World) -> Found:
    """Regions and places lie in each other at most four levels deep."""
    for table, column in INSIDE.items():
        above = {key: row[column] for key, row in world.rows(table).items()}
        for key in above:
            depth = len(_chain(key, above))
            if depth > DEEPEST:
                yield table, key, f"It lies on level {depth}; {DEEPEST} is the deepest."


def _found_a_place(found: Defaults, finding: Finding) -> None:
    found.new("locations", region=finding.row, parent_location=None)


@check("X09", reads=("geography_regions", "locations"), mend=_found_a_place)
def lands_have_places(world: World) -> Found:
    """Every inhabited top-level region has a location."""
    regions = world.rows("geography_regions")
    above = {key: row["parent_region"] for key, row in regions.items()}
    settled = {_chain(row["region"], above)[-1] for row in world.rows("locations").values()}
    for key, row in regions.items():
        if not row["parent_region"] and row["population"] and key not in settled:
            yield "geography_regions", key, "People live there, but in no location."


def _lacking(world: World) -> list[str]:
    kinds = {row["building_type"] for row in world.rows("buildings").values()}
    return [kind for kind in HOUSES if kind not in kinds]


def _build(found: Defaults, finding: Finding) -> None:
    kind = next(kind for kind in HOUSES if kind in finding.message)
    found.new("buildings", building_type=kind)


@check("X10", reads=("buildings",), mend=_build)
def there_are_houses(world: World) -> Found:
    """There are an inn, a shop and a temple among the buildings."""
    if world.rows("buildings"):
        for kind in _lacking(world):
            yield "buildings", "", f"No building is of the type {kind}."


def _raise_an_altar(found: Defaults, finding: Finding) -> None:
    found.new("temples", deity=finding.row, building=None)


@check("X11", reads=("deities", "temples"), mend=_raise_an_altar)
def great_gods_have_temples(world: World) -> Found:
    """Every god of rank greater or intermediate has a temple."""
    altars = {row["deity"] for row in world.rows("temples").values()}
    for key, row in world.rows("deities").items():
        if row["rank"] in GREAT and key not in altars:
            yield "deities", key, "It has no temple."


def _seats(world: World) -> dict[str, list[str]]:
    """Faction to the keys of its headquarters, the most influential first."""
    found: dict[str, list[str]] = {}
    rows = world.rows("faction_locations")
    for key in sorted(rows, key=lambda key: (-rows[key]["influence"], key)):
        if rows[key]["control"] == "headquarters":
            found.setdefault(rows[key]["faction"], []).append(key)
    return found


def _one_seat(found: Defaults, finding: Finding) -> None:
    """The first stays the seat; one that nobody may change comes before."""
    keys = _seats(found.world)[finding.row]
    fixed = [key for key in keys if not found.may_go("faction_locations", key)]
    for key in keys:
        row = found.change("faction_locations", key) if key != [*fixed, *keys][0] else None
        if row is not None:
            row["control"] = "controls"


@check("X12", reads=("faction_locations",), mend=_one_seat)
def factions_have_one_seat(world: World) -> Found:
    """No faction has two headquarters."""
    for faction, keys in _seats(world).items():
        if len(keys) > 1:
            yield "factions", faction, f"It has {len(keys)} headquarters."
