"""Which rows use which facts of the party: decided by code, before a roster is written.

So every fact that must be used has its place by the end of phase 3A, and each player character has the
rows it needs, whatever a model writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from worldgen.answers.resolving import phases_table
from worldgen.checking.cited import MINIMUMS
from worldgen.models import PCFact
from worldgen.planning.part import Part
from worldgen.rows import World

#: What kinds of facts suit a row of a table best.
SUITS = {
    "entities": ("person", "debt", "secret", "event"),
    "locations": ("place", "event"),
    "items": ("item", "debt"),
    "quest_hooks": ("goal", "event", "secret"),
}
#: An entity names at most so many facts; a quest, the last to be listed, takes what is left.
MOST = {"entities": 4, "locations": 3, "items": 3}


def allotted(world: World, part: Part) -> dict[str, list[str]]:
    """Code of a line to list -> the facts its row uses; the same however often it is asked."""
    plan: dict[str, list[str]] = {}
    by_table: dict[str, list[str]] = defaultdict(list)
    for code in part.codes or ():
        by_table[phases_table(code)].append(code)
    used = {
        str(f) for lines in world.rosters.values() for x in lines.values() for f in x.fact_codes
    }
    for table in MINIMUMS:
        if by_table[table]:
            plan.update(_of_table(world, table, by_table[table], used))
    return plan


def _of_table(
    world: World, table: str, codes: Sequence[str], used: set[str]
) -> dict[str, list[str]]:
    """Give each player character its lines, in turn, and each line its facts."""
    facts: dict[str, list[PCFact]] = {
        code: [f for f in world.facts if f.pc_id == pc.pk] for code, pc in world.party.items()
    }
    free, plan = list(codes), dict[str, list[str]]()
    for pc, have in _lines_of(world, table).items():
        if not facts[pc]:
            continue
        for _ in range(max(0, MINIMUMS[table] - have)):
            if free:
                plan[free.pop(0)] = [_best(facts[pc], table, used)]
    for code, first in plan.items():
        used.update(first)
        mine = next(pc for pc, of_pc in facts.items() if any(f.code == first[0] for f in of_pc))
        left = [f.code for f in facts[mine] if f.must_use and f.code not in used]
        if table == "entities" or table == "quest_hooks":
            plan[code] = [*first, *left][: MOST.get(table)]
            used.update(plan[code])
    return plan


def _lines_of(world: World, table: str) -> Mapping[str, int]:
    """Player character to how many lines of the table are its own."""
    codes = {fact.code: pc for pc, row in world.party.items() for fact in world.facts
             if fact.pc_id == row.pk}  # fmt: skip
    found = dict.fromkeys(world.party, 0)
    for line in world.rosters.get(table, {}).values():
        for pc in _owners(line.fact_codes, codes):
            found[pc] += not line.is_dropped
    return found


def _owners(facts: Iterable[object], codes: Mapping[str, str]) -> set[str]:
    return {codes[str(fact)] for fact in facts if str(fact) in codes}


def _best(facts: Sequence[PCFact], table: str, used: set[str]) -> str:
    """The fact that is not used yet and suits the table, else the first that is left."""
    suits = SUITS[table]

    def rank(fact: PCFact) -> tuple[bool, bool, int, str]:
        fits = suits.index(fact.kind) if fact.kind in suits else len(suits)
        return (fact.code in used, not fact.must_use, fits, fact.code)

    best = min(facts, key=rank).code
    used.add(best)
    return best
