"""What the checks find, as targeted calls: the named rows, told what they lack, and nothing else.

W02, W04, W05, W14 and W16 ask a writer for words; every other check is kept by code. A call names the
table, the rows to write again or anew, and for each what is wanted. What is still missing after the calls
is added by rule (`filling`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models.functions import Now

from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.checking.checks import Finding
from worldgen.models import RosterLine
from worldgen.planning.part import Mends, Part, must_stand, rows_a_chunk
from worldgen.rows import Listed, World
from worldgen.rules import number_of

MOST_ROWS = (
    20  # rows of a table in targeted calls of one run, so that checks cannot make a run endless
)
#: The relation table that ties a lonely row of a table to others.
TIES = {
    "entities": "entity_locations",
    "locations": "location_connections",
    "items": "item_locations",
    "factions": "faction_locations",
    "deities": "deity_relationships",
}
#: Tables of new rows that a finding of W14 asks for, by what stands in its message.
NEW = {"shops": "shops", "taverns": "taverns", "encounter": "encounters", "deity": "deities"}
#: A person names at most so many facts.
MOST_FACTS = 4


class Wants:
    """Rows to write by table, with what each is wanted for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.facts: dict[str, list[str]] = defaultdict(list)
        self._highest: dict[str, int] = {}

    def add(self, table: str, code: str, words: str) -> None:
        """A row of the table, or for relations the row they start from."""
        self.rows[table][code].append(words)

    def add_new(self, table: str, words: str, *, fact: str = "") -> None:
        """A row that is not there yet; of which player character and fact it tells, if any."""
        known = [*self.world.rosters.get(table, {}), *self.world.rows(table)]
        last = self._highest.get(table) or max(map(number_of, known), default=0)
        self._highest[table] = last + 1
        code = f"{phases.tables()[table].code_prefix}{last + 1:02d}"
        self.facts[code] += [fact] if fact else []
        self.add(table, code, words)

    def use_fact(self, pc: str, fact: str, table: str, *, one_more: bool = False) -> bool:
        """Let a row of the table use a fact: one that has the fewest, of this player character if possible.

        With `one_more`, a row that is nobody's yet and becomes theirs.
        """
        rows = self.world.tables.get(table, {})
        lines = self.world.rosters.get(table, {})
        fit = [
            (row.values["pc"] != pc, len(self._facts_of(lines[code])), code)
            for code, row in rows.items()
            if code in lines
            and not row.is_protected
            and row.values["pc"] in ((None,) if one_more else (pc, None))
            and not (one_more and self.facts[code])
            and len(self._facts_of(lines[code])) < MOST_FACTS
        ]
        if not fit:
            return False
        code = min(fit)[2]
        self.facts[code].append(fact)
        self.add(table, code, f"It belongs to {pc} and uses the fact {fact}.")
        return True

    def _facts_of(self, line: Listed) -> list[str]:
        return [*line.fact_codes, *self.facts[line.code]]


def wants_of(world: World, findings: Iterable[Finding]) -> Wants:
    """What targeted calls should write."""
    wants = Wants(world)
    for found in findings:
        handle = _HANDLERS.get(found.code)
        if handle is not None:
            handle(wants, found)
    return wants


def mends(wants: Wants, tables: Container[str]) -> list[Part]:
    """The calls for these tables, chunk by chunk."""
    wanted = {table: rows for table, rows in wants.rows.items() if table in tables}
    return [part for table, rows in wanted.items() for part in _parts(table, rows)]


def mendable(world: World, where: Mends) -> frozenset[str]:
    """The tables to which rows may be added: all of them, or what can be in the phases that hold rows."""
    if where == "everywhere":
        return frozenset(phases.tables())
    begun = {t for p in phases.PHASES if any(world.tables[t] for t in p.tables) for t in p.tables}
    return frozenset(
        table
        for table, model in phases.tables().items()
        if (table in begun or not model.code_prefix)
        and all(world.tables[other] for other in must_stand(table))
    )


def keep_facts(wants: Wants) -> None:
    """Note in the roster which rows use the facts that no row used; new rows have no line yet."""
    for code, facts in wants.facts.items():
        lines = wants.world.rosters.get(phases_table(code), {})
        if code in lines and facts:
            line = replace(lines[code], fact_codes=[*lines[code].fact_codes, *facts])
            lines[code] = line
            RosterLine.objects.filter(pk=line.pk).update(
                fact_codes=line.fact_codes, updated_at=Now()
            )


def _parts(table: str, rows: dict[str, list[str]]) -> Iterator[Part]:
    codes = list(rows)[:MOST_ROWS]
    size = rows_a_chunk(table)
    for number, start in enumerate(range(0, len(codes), size), 1):
        some = codes[start : start + size]
        yield Part(
            step="mend",
            phase=phases.phase_of(table).code,
            table=table,
            chunk=str(number),
            codes=some,
            rows=len(some),
            notes={code: rows[code] for code in some},
            writer="model",
        )


def _alone(wants: Wants, found: Finding) -> None:
    if found.table in TIES:
        wants.add(TIES[found.table], found.row, "Link this row with another.")
    else:
        wants.add(found.table, found.row, "Nothing is linked with it; let it refer to a row.")


def _unused(wants: Wants, found: Finding) -> None:
    pc = found.row.partition("f")[0]
    if not any(wants.use_fact(pc, found.row, table) for table in ("entities", "quest_hooks")):
        _new_for(wants, pc, found.row, "entities")


def _new_for(wants: Wants, pc: str, fact: str, table: str) -> None:
    wants.add_new(table, f"It belongs to {pc} and uses the fact {fact}.", fact=fact)


def _unserved(wants: Wants, found: Finding) -> None:
    table = found.message.rpartition(" of ")[2].rstrip(".")
    count = int(found.message.removeprefix("It needs ").partition(" ")[0])
    pc = wants.world.party[found.row]
    facts = [f.code for f in wants.world.facts if f.pc_id == pc.pk]
    for turn in range(count if facts else 0):
        fact = facts[turn % len(facts)]
        if not wants.use_fact(found.row, fact, table, one_more=True):
            _new_for(wants, found.row, fact, table)


def _missing(wants: Wants, found: Finding) -> None:
    if found.table == "factions":
        members = [k for k, r in wants.world.rows("entities").items()
                   if r["primary_faction"] == found.row]  # fmt: skip
        people = members or list(wants.world.rows("entities"))[:1]
        for code in people[:1]:
            wants.add("entity_factions", code, f"It belongs to {found.row}, which has no member.")
        return
    for word, table in NEW.items():
        if word in found.message:
            wants.add_new(table, f"{found.row} has none: write one for it.")


def _untied(wants: Wants, found: Finding) -> None:
    match found.table:
        case "factions":
            wants.add("faction_locations", found.row, "Say where its headquarters are.")
        case "cultures":
            _first(wants, "pantheons", f"The culture {found.row} belongs to it too.")
        case _:
            table = next(t for t in ("economic_systems", "legal_systems") if t in found.message)
            _first(wants, table, f"It holds in the region {found.row} too.")


def _first(wants: Wants, table: str, words: str) -> None:
    free = [key for key, row in wants.world.tables[table].items() if not row.is_protected]
    if free:
        wants.add(table, free[0], words)


_HANDLERS: dict[str, Any] = {
    "W02": _alone,
    "W04": _unused,
    "W05": _unserved,
    "W14": _missing,
    "W16": _untied,
}
#: The checks whose findings ask a writer for words.
ASKED = tuple(_HANDLERS)
