"""A world to look at: the map, and who is what to whom. Each picture has its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from worldgen.pages.base import WorldPage
from worldgen.views import atlas, webs

MOST_ROWS = 500
#: What may be looked at as a web: table of the rows, table of the ties, the ends of a tie.
WEBS = {
    "people": ("entities", "entity_relationships", "from_entity", "to_entity"),
    "factions": ("factions", "faction_relationships", "from_faction", "to_faction"),
    "deities": ("deities", "deity_relationships", "from_deity", "to_deity"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A tie with its ends as links."""

    tie: webs.Tie
    start: Any
    end: Any


class MapPage(WorldPage):
    """Regions, places and the ways between them."""

    template_name = "worlds/map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        regions = list(self.reader.rows("geography_regions")[:MOST_ROWS])
        places = list(self.reader.rows("locations")[:MOST_ROWS])
        routes = list(self.reader.rows("location_connections")[:MOST_ROWS])
        by_region: dict[Any, list[Any]] = {}
        for place in places:
            by_region.setdefault(place.region_id, []).append(place)
        names = {place.pk: place for place in places}
        ways = [(way, names.get(way.from_location_id), names.get(way.to_location_id))
                for way in routes]  # fmt: skip
        context |= {
            "atlas": atlas.draw(regions, places, routes),
            "regions": [(region, by_region.get(region.pk, [])) for region in regions],
            "places": places,
            "ways": [(way, start, end) for way, start, end in ways if start and end],
        }
        return context


class WebPage(WorldPage):
    """The ties between people, factions or deities."""

    template_name = "worlds/web.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        of = self.request.GET.get("of", "people")
        of = of if of in WEBS else "people"
        group = self.request.GET.get("group", "")
        nodes = {row.pk: row for row in self.reader.rows(WEBS[of][0])}
        every = self._ties(of, nodes)
        focus = self.request.GET.get("focus", "")
        if focus in {row.code for row in nodes.values()}:
            every = [tie for tie in every if focus in (tie.start, tie.end)]
        ties = [tie for tie in every if group not in webs.GROUPS or tie.group == group]
        by_code = {row.code: row for row in nodes.values()}
        context |= {
            "of": of,
            "webs": list(WEBS),
            "table": WEBS[of][0],
            "ties_table": WEBS[of][1],
            "group": group if group in webs.GROUPS else "",
            "groups": [name for name in webs.GROUPS if any(t.group == name for t in every)],
            "focus": by_code.get(focus),
            "web": webs.draw({code: row.name for code, row in by_code.items()}, ties),
            "ties": [Listed(tie=t, start=by_code[t.start], end=by_code[t.end]) for t in ties],
        }
        return context

    def _ties(self, of: str, nodes: dict[Any, Any]) -> list[webs.Tie]:
        _, table, start, end = WEBS[of]
        rows = self.reader.rows(table)[:MOST_ROWS]
        found = [
            webs.Tie(
                id=str(row.pk),
                start=nodes[getattr(row, f"{start}_id")].code,
                end=nodes[getattr(row, f"{end}_id")].code,
                word=str(row.relationship_type),
                description=row.description,
                is_hidden=bool(getattr(row, "is_secret", False)) and not row.is_revealed,
            )
            for row in rows
            if getattr(row, f"{start}_id") in nodes and getattr(row, f"{end}_id") in nodes
        ]
        return sorted(found, key=lambda tie: (tie.start, tie.end, tie.word))
