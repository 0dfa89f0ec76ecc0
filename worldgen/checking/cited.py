"""What of the party's backstories turns up in the world, and where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from worldgen.checking.graph import cohesion, links_of
from worldgen.models import FactCitation
from worldgen.rows import World

#: What each player character needs at least.
MINIMUMS = {"entities": 2, "locations": 1, "items": 1, "quest_hooks": 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Facts with the keys of the rows that cite them, what the party lacks, and how it all hangs together."""

    facts: dict[str, list[str]]
    missing: dict[str, dict[str, int]]
    orphans: list[str]
    largest_share: float
    mean_links: float


def citations(world: World) -> dict[str, list[str]]:
    """Fact code to the keys of the rows that cite it; only rows that stand count."""
    keys = {s.id: key for rows in world.tables.values() for key, s in rows.items()}
    codes = {fact.pk: fact.code for fact in world.facts}
    found: dict[str, list[str]] = defaultdict(list)
    rows = FactCitation.objects.filter(campaign=world.campaign).order_by("table_name", "row_id")
    for fact, row in rows.values_list("fact", "row_id"):
        if row in keys:
            found[codes[fact]].append(keys[row])
    return {code: sorted(rows) for code, rows in found.items()}


def minimums(world: World) -> dict[str, dict[str, int]]:
    """Player character to how many rows of which table it still needs."""
    missing: dict[str, dict[str, int]] = {}
    for code in world.party:
        for table, wanted in MINIMUMS.items():
            have = sum(row["pc"] == code for row in world.rows(table).values())
            if have < wanted:
                missing.setdefault(code, {})[table] = wanted - have
    return missing


def coverage(world: World) -> Coverage:
    """The report a game master reads before play."""
    cited = citations(world)
    linked = links_of(world)
    nodes = [key for rows in world.tables.values() for key, s in rows.items() if "code" in s.values]
    largest, links = cohesion(nodes, linked)
    return Coverage(
        facts={fact.code: cited.get(fact.code, []) for fact in world.facts},
        missing=minimums(world),
        orphans=sorted(node for node in nodes if not linked[node]),
        largest_share=largest,
        mean_links=links,
    )
