"""What follows from rows that stand: other ends of relations, places to be, numbers, missing roads.

Runs after each phase. Deferred references are a view of relation rows, so they are filled on protected
rows too; everything else leaves protected rows alone and shows up in the checks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.answers.validator import Checked
from worldgen.answers.vocabulary_of_links import ONE_A_PAIR, back_of
from worldgen.checking.graph import components
from worldgen.directory import GONE
from worldgen.keeping.save import Saved, Writer, save_rows
from worldgen.models import Campaign, Entity, Faction, ReferenceIssue, WorldRow
from worldgen.rows import Row, Standing, World, load
from worldgen.rules.numbers import XP_BY_RATING, difficulty

#: The ends of relation rows that have a direction.
ENDS = {
    "entity_relationships": ("from_entity", "to_entity"),
    "faction_relationships": ("from_faction", "to_faction"),
    "deity_relationships": ("from_deity", "to_deity"),
}
#: What following reads.
READ = (*ENDS, "location_connections", "locations", "encounters", "geography_regions")
#: One percent of the map, and how far one walks in an hour, in km. Our own.
KM_PER_PERCENT, KM_PER_HOUR = 12.0, 4.5


@transaction.atomic(savepoint=False)
def derive(campaign: Campaign, *, writer: Writer) -> None:
    """Insert and set everything that follows; running it twice changes nothing."""
    set_late_links(campaign, writer=writer)
    world = load(campaign, READ)
    for table in ENDS:
        save_rows(campaign, table, Checked(rows=list(other_ends(world, table))), writer=writer)
    roads = Checked(rows=missing_roads(world))
    save_rows(campaign, "location_connections", roads, writer=writer)
    amend(campaign, "encounters", true_fights(world), writer=writer)
    amend(campaign, "geography_regions", mutual_neighbors(world), writer=writer)
    fill_deferred(campaign)


def amend(campaign: Campaign, table: str, rows: list[Row], *, writer: Writer) -> Saved:
    """Save rows that code completes: they stay whose they are, and keep their history."""
    return save_rows(campaign, table, Checked(rows=rows), writer=replace(writer, amends=True))


def true_difficulty(row: Row) -> str:
    """The difficulty of a fight by its creatures; empty where it is no fight."""
    if row["encounter_type"] != "combat" or not row["creatures"]:
        return ""
    xp = sum(XP_BY_RATING.get(c["challenge_rating"], 0) * c["count"] for c in row["creatures"])
    return difficulty(xp, row["party_level"], row["party_size"])


def other_ends(world: World, table: str, *, said: str = "") -> list[Row]:
    """The relation rows that are missing from the other end of symmetric and inverse ones.

    Where a table holds one row for each direction, the other one follows it: see `_gives_way`. `said`
    is the key of a row that somebody has just written.
    """
    start, end = ENDS[table]
    rows = world.tables[table]
    there = {(r.values[start], r.values[end], r.values["relationship_type"]) for r in rows.values()}
    pairs = {(r.values[start], r.values[end]): r for r in rows.values()}
    found: dict[tuple[str, str, str], Row] = {}
    for standing in rows.values():
        row = standing.values
        back = back_of(table, row["relationship_type"])
        key = (row[end], row[start], back)
        if not back or key in there:
            continue
        other = pairs.get(key[:2]) if table in ONE_A_PAIR else None
        if other is None or _gives_way(table, other, standing, said):
            found[key] = {**row, start: row[end], end: row[start], "relationship_type": back}
    return list(found.values())


def _gives_way(table: str, other: Standing, row: Standing, said: str) -> bool:
    """Whether a row that contradicts another is the one that changes.

    Nobody's own does before a person's, any before the one just written, and the later key of two alike;
    one that tells of its own side only contradicts nothing.
    """
    if not back_of(table, other.values["relationship_type"]) or other.state["is_locked"]:
        return False
    if said in (row.key, other.key):
        return said == row.key
    return not other.is_protected and (row.is_protected or row.key < other.key)


def missing_roads(world: World) -> list[Row]:
    """A road from each part of the route graph to the nearest place of the largest part."""
    places = world.rows("locations")
    ways = [
        (r["from_location"], r["to_location"]) for r in world.rows("location_connections").values()
    ]
    if not ways:
        return []
    inside = [
        (key, row["parent_location"]) for key, row in places.items() if row["parent_location"]
    ]
    groups = sorted(components(places, [*ways, *inside]), key=lambda g: (-len(g), min(g)))
    reached, roads = set(groups[0]), []
    for group in groups[1:]:
        _, one, other = min((_distance(places[a], places[b]), a, b) for a in group for b in reached)
        roads.append(_road(one, other, places))
        reached |= group
    return roads


def _distance(one: Row, other: Row) -> float:
    across, down = one["map_x"] - other["map_x"], one["map_y"] - other["map_y"]
    return round(float((across**2 + down**2) ** 0.5) * KM_PER_PERCENT, 1)


def _road(one: str, other: str, places: dict[str, Row]) -> Row:
    distance = max(1.0, _distance(places[one], places[other]))
    return {
        "from_location": one,
        "to_location": other,
        "connection_type": "trail",
        "distance_km": distance,
        "travel_hours": round(distance / KM_PER_HOUR, 1),
        "danger": 3,
        "is_two_way": True,
        "controlled_by": None,
        "description": f"A trail from {places[one]['name']} to {places[other]['name']}.",
    }


def true_fights(world: World) -> list[Row]:
    """The fights whose difficulty is another than their creatures make it, with the true one."""
    return [
        {**row.values, "difficulty": wanted}
        for row in world.tables["encounters"].values()
        if not row.is_protected
        and (wanted := true_difficulty(row.values))
        and wanted != row.values["difficulty"]
    ]


def mutual_neighbors(world: World) -> list[Row]:
    """The regions that others call their neighbor and that do not say so, with those neighbors."""
    regions = world.tables["geography_regions"]
    wanted: dict[str, set[str]] = defaultdict(set)
    for key, here in regions.items():
        for far in here.values["adjacent_regions"]:
            if key not in regions[far].values["adjacent_regions"] and not regions[far].is_protected:
                wanted[far].add(key)
    return [
        {
            **regions[far].values,
            "adjacent_regions": sorted({*regions[far].values["adjacent_regions"], *near}),
        }
        for far, near in wanted.items()
    ]


def fill_deferred(campaign: Campaign) -> None:
    """Leaders, headquarters and whereabouts, from the relation rows that say so.

    The dead lead nobody. Of two leaders the more loyal one leads, of two seats the more influential one is
    the headquarters: the last one named here.
    """
    for model, column, table, key, value, condition, order in (
        (Faction, "leader", "entity_factions", "faction", "entity",
         Q(status="leader") & ~Q(entity__status__in=GONE), ("loyalty", "-entity__code")),
        (Faction, "headquarters", "faction_locations", "faction", "location",
         Q(control="headquarters"), ("influence", "-location__code")),
        (Entity, "current_location", "entity_locations", "entity", "location",
         Q(relation="currently_at"), ("created_at", "pk")),
    ):  # fmt: skip
        source = phases.tables()[table].objects.filter(condition, campaign=campaign)
        pairs = dict(source.order_by(*order).values_list(f"{key}_id", f"{value}_id"))
        _set_column(campaign, model, f"{column}_id", pairs)


def _set_column(
    campaign: Campaign, model: type[WorldRow], column: str, wanted: dict[UUID, UUID]
) -> None:
    rows = list(model.objects.filter(campaign=campaign).only("pk", column))
    changed = [row for row in rows if getattr(row, column) != wanted.get(row.pk)]
    for row in changed:
        setattr(row, column, wanted.get(row.pk))
    model.objects.bulk_update(changed, [column.removesuffix("_id")], batch_size=500)


def set_late_links(campaign: Campaign, *, writer: Writer) -> None:
    """Optional references to rows that were listed but not yet written when they were given.

    A row that a person has made their own stays as it is, and the reference stays listed.
    """
    open_ones = ReferenceIssue.objects.filter(
        campaign=campaign, reason="later_phase", resolution="open"
    )
    issues = list(open_ones)
    if not issues:
        return
    names = {issue.table_name for issue in issues}
    world = load(campaign, names | {phases_table(issue.raw_value) for issue in issues})
    codes = {code for rows in world.tables.values() for code in rows}
    changed: dict[str, dict[str, Row]] = defaultdict(dict)
    settled: dict[str, list[Any]] = defaultdict(list)
    for issue in issues:
        row = world.tables[issue.table_name].get(issue.row_key)
        if row is None or row.is_protected or issue.raw_value not in codes:
            continue
        rows = changed[issue.table_name]
        values = rows.setdefault(issue.row_key, dict(row.values))
        _set_link(values, issue)
        settled[issue.table_name].append(issue)
    for table, rows in changed.items():
        saved = amend(campaign, table, list(rows.values()), writer=writer)
        for refused, resolution in ((True, "nulled"), (False, "resolved")):
            ids = [i.pk for i in settled[table] if (i.row_key in saved.invalid) is refused]
            ReferenceIssue.objects.filter(pk__in=ids).update(resolution=resolution)


def _set_link(values: Row, issue: ReferenceIssue) -> None:
    """The reference of the issue, set in the values of its row."""
    old = values[issue.field]
    many = isinstance(old, list)
    values[issue.field] = sorted({*old, issue.raw_value}) if many else issue.raw_value
