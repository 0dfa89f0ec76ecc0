"""What code adds by rule after the last call: defaults that keep a world whole, marked as derived.

Rows of relations are those that the rules write for the ends concerned; nothing is taken at random.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from worldgen import phases, rules
from worldgen.answers.mending import MOST_FACTS, NEW, TIES, keep_facts, wants_of
from worldgen.answers.validator import check
from worldgen.checking.checks import Finding, run_checks
from worldgen.directory import GONE
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import Campaign, HistoricalPeriod, ReferenceIssue, RosterLine
from worldgen.prompting.briefs import brief_of
from worldgen.rows import Row, Standing, World, key_of, load
from worldgen.rules import number_of

MENDED = ("W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W14", "W16")
PASSES = 3  # what one default adds another check may look at


def fill(campaign: Campaign, *, writer: Writer) -> int:
    """Add what is still missing, look again, at most a few times; how many rows were added or changed."""
    drop_lines_without_rows(campaign)
    added = 0
    for _ in range(PASSES):
        world = load(campaign)
        findings = run_checks(world, MENDED)
        if not findings:
            break
        for table, rows in _defaults(world, findings).items():
            saved = save_rows(campaign, table, check(table, {"rows": rows}), writer=writer)
            added += len(saved.created) + len(saved.changed)
    return added


def drop_lines_without_rows(campaign: Campaign) -> int:
    """Codes whose rows were given up are not offered any more; links that waited for them end. How many."""
    lines = RosterLine.objects.filter(campaign=campaign, is_dropped=False, is_edited=False)
    gone: list[str] = []
    for table, model in phases.tables().items():
        if model.code_prefix:
            there = model.objects.filter(campaign=campaign).values("code")
            listed = lines.filter(table_name=table).exclude(code__in=there)
            gone += listed.values_list("code", flat=True)
    lines.filter(code__in=gone).update(is_dropped=True)
    ReferenceIssue.objects.filter(
        campaign=campaign, reason="later_phase", resolution="open", raw_value__in=gone
    ).update(resolution="nulled")
    return len(gone)


class Defaults:
    """Rows to save by table and key; two findings about one row change it together."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.brief = brief_of(world)
        self.rows: dict[str, dict[str, Row]] = {}
        self._relations: dict[str, list[Row]] = {}

    def change(self, table: str, key: str) -> Row | None:
        """A standing row to change; None where it is protected or gone."""
        standing: Standing | None = self.world.tables[table].get(key)
        if standing is None or standing.is_protected:
            return None
        row = self.rows.setdefault(table, {}).setdefault(key, dict(standing.values))
        for name in phases.tables()[table].inline:
            row.setdefault(name, [])
        return row

    def relate(self, table: str, wanted: dict[str, str]) -> bool:
        """The relation rows that the rules write for these ends."""
        if table not in self._relations:
            self._relations[table] = rules.write_relations(table, self.brief)
        fit = [r for r in self._relations[table] if all(r[k] == v for k, v in wanted.items())]
        for row in fit[:2]:
            key = key_of(phases.tables()[table], row)
            if key not in self.world.tables[table]:
                self.rows.setdefault(table, {})[key] = row
        return bool(fit)

    def put(self, table: str, row: Row) -> None:
        """A row of our own."""
        self.rows.setdefault(table, {})[key_of(phases.tables()[table], row)] = row

    def new(self, table: str, **links: Any) -> None:
        """A row that the rules write under a new code, in the place where it is wanted."""
        known = [*self.world.rosters.get(table, {}), *self.rows.get(table, {})]
        code = (
            f"{phases.tables()[table].code_prefix}{max(map(number_of, known), default=0) + 1:02d}"
        )
        name = f"{_noun(table)} of {self._place(links)}"
        taken = {r["name"].casefold() for r in self.world.rows(table).values()}
        name = f"New {name}" if name.casefold() in taken else name
        line: Row = {"code": code, "name": name[:80], "line": "", "parent": None, "facts": []}
        lines = {**self.brief.rosters, table: {**self.brief.rosters.get(table, {}), code: line}}
        row = rules.write_rows(table, [code], replace(self.brief, rosters=lines))[0]
        self.rows.setdefault(table, {})[code] = {**row, **links}

    def _place(self, links: dict[str, Any]) -> str:
        for table in ("locations", "pantheons", "quest_hooks"):
            for code in links.values():
                if code in self.world.rows(table):
                    return str(self.world.rows(table)[code]["name"])[:50]
        return "the land"


def _noun(table: str) -> str:
    words = {"shops": "Store", "taverns": "Tavern", "deities": "Keeper", "encounters": "Trouble"}
    return words[table]


def _defaults(world: World, findings: Iterable[Finding]) -> dict[str, list[Row]]:
    found = Defaults(world)
    listed = list(findings)
    for finding in listed:
        handle = _HANDLERS.get(finding.code)
        if handle is not None:
            handle(found, finding)
    facts = [f for f in listed if f.code in ("W04", "W05")]
    if facts:
        _use_facts(found, facts)
    return {table: list(rows.values()) for table, rows in found.rows.items() if rows}


def _use_facts(found: Defaults, findings: Iterable[Finding]) -> None:
    """A person, place, thing or quest quotes what no row used."""
    wants = wants_of(found.world, findings)
    keep_facts(wants)
    texts = {fact.code: fact.text for fact in found.world.facts}
    for table, rows in wants.rows.items():
        for code in rows:
            row = found.change(table, code)
            for fact in wants.facts[code] if row is not None else ():
                _tie(row or {}, fact, texts[fact])


def _tie(row: Row, fact: str, text: str) -> None:
    row["pc"] = row["pc"] or fact.partition("f")[0]
    if row.get("pc_connection") == "none":
        row["pc_connection"] = "witness"
    if "pc_connection_detail" in row and not row["pc_connection_detail"]:
        row["pc_connection_detail"] = text[:300]
    if "backstory_fact_ids" in row and fact not in row["backstory_fact_ids"]:
        row["backstory_fact_ids"] = [*row["backstory_fact_ids"], fact][:MOST_FACTS]


def _alone(found: Defaults, finding: Finding) -> None:
    """A relation that the rules write for it, else what the rules let it refer to."""
    if finding.table in TIES:
        table = TIES[finding.table]
        ends = [f.name for f in phases.links(phases.tables()[table]) if not f.null]
        if any(found.relate(table, {end: finding.row}) for end in ends):
            return
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    drawn = rules.write_rows(finding.table, [finding.row], found.brief)[0]
    model = phases.tables()[finding.table]
    for link in [*phases.links(model), *phases.link_sets(model)]:
        row[link.name] = row[link.name] or drawn[link.name]


def _named(found: Defaults, finding: Finding) -> None:
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    banned = {str(w).casefold() for w in found.world.campaign.locks.get("banned_words", ())}
    words = [w for w in row["name"].split() if w.casefold() not in banned] or ["Nameless"]
    row["name"] = f"{' '.join(words)[:68]} {finding.row}"


def _single(found: Defaults, finding: Finding) -> None:
    """The first is the one; the last age is the current one."""
    rows = found.world.rows(finding.table)
    if finding.table == "historical_periods":
        _current(found, rows)
        return
    column = "is_primary" if finding.table == "calendar_systems" else "is_home"
    fit = [k for k, r in rows.items() if column == "is_primary" or r["plane_type"] == "material"]
    first = next((k for k in fit if rows[k][column]), (fit or list(rows))[0])
    for key in rows:
        row = found.change(finding.table, key)
        if row is not None:
            row[column] = key == first
            if key == first and column == "is_home":
                row["plane_type"] = "material"


def _current(found: Defaults, rows: dict[str, Row]) -> None:
    last = max(rows, key=lambda key: (rows[key]["start_year"], key))
    column: Any = HistoricalPeriod._meta.get_field("period_type")
    words = [word for word, _ in column.flatchoices]
    other = next(word for word in words if word != "current")
    for key, row in rows.items():
        new = found.change("historical_periods", key)
        if new is None:
            continue
        if key == last:
            new.update(period_type="current", end_year=None)
        elif row["period_type"] == "current":
            new.update(
                period_type=other, end_year=max(row["start_year"] + 1, rows[last]["start_year"])
            )


def _in_time(found: Defaults, finding: Finding) -> None:
    if finding.table == "entities":
        row = found.change("entities", finding.row)
        if row is not None:
            row["age"] = found.world.rows("races")[row["race"]]["lifespan"]
        return
    rows = found.world.rows("historical_periods")
    late = rows[finding.row]
    for key, row in rows.items():
        ends = row["end_year"]
        overlaps = row["start_year"] < late["start_year"] and ends and ends > late["start_year"]
        if key != finding.row and row["calendar"] == late["calendar"] and overlaps:
            new = found.change("historical_periods", key)
            if new is not None:
                new["end_year"] = late["start_year"]


def _in_space(found: Defaults, finding: Finding) -> None:
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    if finding.message.startswith("Its building"):
        row["building"] = None
    elif "leads back" in finding.message:
        row[finding.message.partition(" ")[0]] = None


def _dead(found: Defaults, finding: Finding) -> None:
    row = found.change(finding.table, finding.row)
    if row is not None:
        row[finding.message.partition(" ")[0]] = None


def _numbers(found: Defaults, finding: Finding) -> None:
    row = found.change(finding.table, finding.row) if finding.table == "geography_regions" else None
    parent = found.world.rows("geography_regions").get((row or {}).get("parent_region") or "")
    if row is not None and parent is not None:
        row["population"] = min(row["population"], parent["population"])
        row["area_km2"] = min(row["area_km2"] or 0, parent["area_km2"] or 0) or row["area_km2"]


def _missing(found: Defaults, finding: Finding) -> None:
    world = found.world
    if finding.table == "factions":
        _member(found, finding.row)
        return
    table = next(table for word, table in NEW.items() if word in finding.message)
    match table:
        case "deities":
            found.new(table, pantheon=finding.row)
        case "encounters":
            quest = world.rows("quest_hooks")[finding.row]
            found.new(table, quest=finding.row, location=quest["location"], dungeon=None)
        case _:
            found.new(table, location=finding.row, building=None)


def _member(found: Defaults, faction: str) -> None:
    if found.relate("entity_factions", {"faction": faction}):
        return
    people = {k: r for k, r in found.world.rows("entities").items() if r["status"] not in GONE}
    own = [k for k, r in people.items() if r["primary_faction"] == faction]
    near = found.world.rows("factions")[faction]["home_region"]
    own = own or [k for k, r in people.items() if r["home_region"] == near] or list(people)
    if own:
        words = f"{people[own[0]]['name']} is one of them."[:240]
        found.put("entity_factions", {
            "entity": own[0], "faction": faction, "role": "member", "rank_order": 5,
            "status": "active", "loyalty": 0.5, "description": words,
        })  # fmt: skip


def _untied(found: Defaults, finding: Finding) -> None:
    match finding.table:
        case "factions":
            _seat(found, finding.row)
        case "cultures":
            _join(found, "pantheons", "cultures", finding.row)
        case _:
            table = next(t for t in ("economic_systems", "legal_systems") if t in finding.message)
            _join(found, table, "regions", finding.row)


def _seat(found: Defaults, faction: str) -> None:
    rows = found.world.rows("faction_locations")
    own = [key for key, row in rows.items() if row["faction"] == faction]
    row = found.change("faction_locations", own[0]) if own else None
    if row is not None:
        row["control"] = "headquarters"
        return
    region = found.world.rows("factions")[faction]["home_region"]
    places = found.world.rows("locations")
    near = [k for k, r in places.items() if r["region"] == region] or list(places)
    if near:
        words = f"They meet in {places[near[0]]['name']}."[:240]
        found.put("faction_locations", {
            "faction": faction, "location": near[0], "control": "headquarters",
            "influence": 50, "description": words,
        })  # fmt: skip


def _join(found: Defaults, table: str, column: str, code: str) -> None:
    """The first row with room takes it in."""
    field = phases.tables()[table]._meta.get_field(column)
    for key in found.world.tables[table]:
        row = found.change(table, key)
        if row is not None and len(row[column]) < field.high:  # type: ignore[union-attr]
            row[column] = sorted({*row[column], code})
            return


_HANDLERS: dict[str, Any] = {
    "W02": _alone, "W03": _named, "W06": _single, "W07": _in_time, "W08": _in_space,
    "W09": _dead, "W10": _numbers, "W14": _missing, "W16": _untied,
}  # fmt: skip
