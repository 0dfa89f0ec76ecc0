"""What follows from rows that stand: other ends of relations, places to be, numbers, missing roads.

Runs after each phase. Deferred references are a view of relation rows, so they are filled on protected
rows too; everything else leaves protected rows alone and shows up in the checks.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db import transaction

from worldgen import phases
from worldgen.graph import components
from worldgen.models import Campaign, Entity, Faction, GeographyRegion, ReferenceIssue, WorldRow
from worldgen.rows import Row, World, load
from worldgen.rules.numbers import XP_BY_RATING, difficulty
from worldgen.save import Writer, save_rows
from worldgen.validator import Checked
from worldgen.vocabulary_of_links import INVERSE, SYMMETRIC

#: The ends of relation rows that have a direction.
ENDS = {
    "entity_relationships": ("from_entity", "to_entity"),
    "faction_relationships": ("from_faction", "to_faction"),
    "deity_relationships": ("from_deity", "to_deity"),
}
#: Pairs of which a table holds only one row, whatever its type.
ONE_A_PAIR = ("faction_relationships",)
#: One percent of the map, and how far one walks in an hour, in km. Our own.
KM_PER_PERCENT, KM_PER_HOUR = 12.0, 4.5


@transaction.atomic
def derive(campaign: Campaign, *, writer: Writer) -> None:
    """Insert and set everything that follows; running it twice changes nothing."""
    _set_late_links(campaign)
    world = load(campaign)
    for table in ENDS:
        save_rows(campaign, table, Checked(rows=list(other_ends(world, table))), writer=writer)
    roads = Checked(rows=missing_roads(world))
    save_rows(campaign, "location_connections", roads, writer=writer)
    _set_difficulty(world)
    _make_neighbors_mutual(world)
    _fill_deferred(campaign)


def true_difficulty(row: Row) -> str:
    """The difficulty of a fight by its creatures; empty where it is no fight."""
    if row["encounter_type"] != "combat" or not row["creatures"]:
        return ""
    xp = sum(XP_BY_RATING.get(c["challenge_rating"], 0) * c["count"] for c in row["creatures"])
    return difficulty(xp, row["party_level"], row["party_size"])


def other_ends(world: World, table: str) -> list[Row]:
    """The relation rows that are missing from the other end of symmetric and inverse ones."""
    start, end = ENDS[table]
    rows = world.rows(table)
    there = {(r[start], r[end], r["relationship_type"]) for r in rows.values()}
    pairs = {(r[start], r[end]) for r in rows.values()}
    found: dict[tuple[str, str, str], Row] = {}
    for row in rows.values():
        kind = row["relationship_type"]
        back = kind if kind in SYMMETRIC[table] else INVERSE[table].get(kind)
        key = (row[end], row[start], back or "")
        if not back or key in there or (table in ONE_A_PAIR and key[:2] in pairs):
            continue
        found[key] = {**row, start: row[end], end: row[start], "relationship_type": back}
    return list(found.values())


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


def _set_difficulty(world: World) -> None:
    model = phases.tables()["encounters"]
    for word in ("trivial", "low", "moderate", "high", "deadly"):
        wrong = [
            s.id
            for s in world.tables["encounters"].values()
            if not s.is_protected
            and true_difficulty(s.values) == word
            and s.values["difficulty"] != word
        ]
        model.objects.filter(pk__in=wrong).update(difficulty=word)


def _make_neighbors_mutual(world: World) -> None:
    regions = world.tables["geography_regions"]
    through: Any = GeographyRegion.adjacent_regions.through
    own, other = "from_geographyregion_id", "to_geographyregion_id"
    wanted = [
        through(**{own: regions[far].id, other: here.id})
        for key, here in regions.items()
        for far in here.values["adjacent_regions"]
        if key not in regions[far].values["adjacent_regions"] and not regions[far].is_protected
    ]
    through.objects.bulk_create(wanted, ignore_conflicts=True)


def _fill_deferred(campaign: Campaign) -> None:
    """Leaders, headquarters and whereabouts, from the relation rows that say so."""
    for model, column, table, key, value, condition in (
        (Faction, "leader", "entity_factions", "faction", "entity", {"status": "leader"}),
        (Faction, "headquarters", "faction_locations", "faction", "location",
         {"control": "headquarters"}),
        (Entity, "current_location", "entity_locations", "entity", "location",
         {"relation": "currently_at"}),
    ):  # fmt: skip
        source = phases.tables()[table].objects.filter(campaign=campaign, **condition)
        pairs = dict(source.order_by("created_at", "pk").values_list(f"{key}_id", f"{value}_id"))
        _set_column(campaign, model, f"{column}_id", pairs)


def _set_column(
    campaign: Campaign, model: type[WorldRow], column: str, wanted: dict[UUID, UUID]
) -> None:
    rows = list(model.objects.filter(campaign=campaign).only("pk", column))
    changed = [row for row in rows if getattr(row, column) != wanted.get(row.pk)]
    for row in changed:
        setattr(row, column, wanted.get(row.pk))
    model.objects.bulk_update(changed, [column.removesuffix("_id")], batch_size=500)


def _set_late_links(campaign: Campaign) -> None:
    """Optional references to rows that were listed but not yet written when they were given."""
    open_ones = ReferenceIssue.objects.filter(
        campaign=campaign, reason="later_phase", resolution="open"
    )
    by_column: dict[tuple[str, str], list[ReferenceIssue]] = defaultdict(list)
    for issue in open_ones:
        by_column[issue.table_name, issue.field].append(issue)
    for (table, name), issues in by_column.items():
        model = phases.tables()[table]
        column = model._meta.get_field(name)
        rows = _by_code(campaign, model, [i.row_key for i in issues])
        targets = _by_code(campaign, column.related_model, [i.raw_value for i in issues])
        done = [i for i in issues if i.row_key in rows and i.raw_value in targets]
        _link(model, column, [(rows[i.row_key], targets[i.raw_value]) for i in done])
        ids = [issue.pk for issue in done]
        ReferenceIssue.objects.filter(pk__in=ids).update(resolution="resolved")


def _by_code(campaign: Campaign, model: Any, codes: list[str]) -> dict[str, UUID]:
    rows = model.objects.filter(campaign=campaign, code__in=codes)
    return dict(rows.values_list("code", "pk"))


def _link(model: type[WorldRow], column: Any, pairs: list[tuple[UUID, UUID]]) -> None:
    if column.many_to_many:
        through = column.remote_field.through
        own, other = column.m2m_column_name(), column.m2m_reverse_name()
        through.objects.bulk_create(
            [through(**{own: row, other: target}) for row, target in pairs], ignore_conflicts=True
        )
        return
    rows = model.objects.in_bulk([row for row, _ in pairs])
    for row, target in pairs:
        setattr(rows[row], column.attname, target)
    model.objects.bulk_update(rows.values(), [column.name], batch_size=500)
