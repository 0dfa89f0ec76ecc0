"""What code adds by rule after the last call: defaults that keep a world whole, marked as derived.

Rows of relations are those that the rules write for the ends concerned; nothing is taken at random. Where
no standing row can be changed so that it serves, the rules write one more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from worldgen import phases, rules
from worldgen.answers.defaults import Defaults
from worldgen.answers.mending import MOST_FACTS, NEW, TIES, keep_facts, mendable, wants_of
from worldgen.answers.mends_of_time import in_time, retire
from worldgen.answers.settling import save_emptied
from worldgen.answers.validator import check
from worldgen.checking.checks import CHECKS, Finding, run_checks
from worldgen.checking.cited import minimums
from worldgen.directory import GONE
from worldgen.keeping.removing import remove
from worldgen.keeping.roster_history import drop
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import (
    Campaign,
    HistoricalPeriod,
    ReferenceIssue,
    RosterLine,
    RowDraft,
    TableRun,
)
from worldgen.planning.part import Mends
from worldgen.rosters import save_roster
from worldgen.rows import Row, World, load
from worldgen.rules.names import banned_pattern

MENDED = (
    "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W14", "W16",
    *(code for code, found in sorted(CHECKS.items()) if found.mend),
)  # fmt: skip
PASSES = 4  # what one default adds another check may look at


def fill(campaign: Campaign, *, writer: Writer, where: Mends = "everywhere") -> int:
    """Add what is still missing, look again, at most a few times; how many rows were added or changed.

    A repair (`where` is "begun") leaves the lines whose rows are still to be written.
    """
    is_whole = where == "everywhere"
    if is_whole:
        drop_lines_without_rows(campaign, table_run=writer.table_run)
    added, refused = 0, set[str]()
    for _ in range(PASSES):
        world = load(campaign)
        if not is_whole:
            hide_lines_without_rows(world)
        findings = run_checks(world, MENDED)
        if not findings:
            break
        found, tables = _defaults(world, findings, refused), mendable(world, where)
        if lines := {table: new for table, new in found.lines.items() if table in tables}:
            save_roster(campaign, lines, table_run=writer.table_run)
        added += _let_go(world, found.gone, writer=writer)
        for table in phases.in_level_order():
            if table in tables and table in found.rows:
                added += _save(campaign, table, found.rows[table], refused, writer=writer)
    if is_whole:
        drop_lines_without_rows(campaign, table_run=writer.table_run)
    return added


def _let_go(world: World, gone: Mapping[str, set[str]], *, writer: Writer) -> int:
    """Remove relations; how many."""
    rows = {(t, key): world.tables[t][key] for t, keys in gone.items() for key in sorted(keys)}
    remove(world, rows, actor_id=writer.actor_id, table_run=writer.table_run)
    return len(rows)


def _save(
    campaign: Campaign, table: str, rows: dict[str, Row], refused: set[str], *, writer: Writer
) -> int:
    """Save defaults; a row that is refused even without what is at fault is left alone from then on."""
    saved = save_rows(campaign, table, check(table, {"rows": list(rows.values())}), writer=writer)
    kept = len(saved.created) + len(saved.changed)
    # Our own tries tell nobody.
    RowDraft.objects.filter(pk__in=list(saved.drafts.values())).delete()
    for key, issues in saved.invalid.items():
        told = [issue.as_json() for issue in issues]
        if key in rows and save_emptied(campaign, table, rows[key], told, writer=writer):
            kept += 1
        else:
            refused.add(key)
    return kept


def drop_lines_without_rows(campaign: Campaign, *, table_run: TableRun | None) -> int:
    """Codes whose rows were given up are not offered any more; links that waited for them end. How many."""
    lines = RosterLine.objects.filter(campaign=campaign, is_dropped=False, is_edited=False)
    without: list[RosterLine] = []
    for table, model in phases.tables().items():
        if model.code_prefix:
            there = model.objects.filter(campaign=campaign).values("code")
            without += lines.filter(table_name=table).exclude(code__in=there)
    gone = drop(campaign, without, table_run=table_run)
    ReferenceIssue.objects.filter(
        campaign=campaign, reason="later_phase", resolution="open", raw_value__in=gone
    ).update(resolution="nulled")
    return len(gone)


def hide_lines_without_rows(world: World) -> None:
    """Let nobody who reads this world refer to rows that are only listed."""
    for table, lines in world.rosters.items():
        for code in lines.keys() - world.tables[table].keys():
            lines[code] = replace(lines[code], is_dropped=True)


def _defaults(world: World, findings: Iterable[Finding], refused: set[str]) -> Defaults:
    found = Defaults(world, refused=refused)
    listed = list(findings)
    for finding in listed:
        handle = _HANDLERS.get(finding.code) or CHECKS[finding.code].mend
        if handle is not None:
            handle(found, finding)
    facts = [f for f in listed if f.code in ("W04", "W05")]
    if facts:
        _use_facts(found, facts)
    return found


def _use_facts(found: Defaults, findings: Iterable[Finding]) -> None:
    """A person, place, thing or quest quotes what no row used; where none has room, one more does."""
    wants = wants_of(found.world, findings)
    texts = {fact.code: fact.text for fact in found.world.facts}
    for code, table in [(code, table) for table, rows in wants.rows.items() for code in rows]:
        facts = wants.facts[code]
        row = found.change(table, code)
        if row is None:
            del wants.facts[code]
            found.new(table, facts=facts)
            continue
        for fact in facts:
            _tie(row, fact, texts[fact])
    keep_facts(wants)
    for pc, lacking in minimums(found.world).items():
        if not any(fact.code.partition("f")[0] == pc for fact in found.world.facts):
            _serve_untold(found, pc, lacking)


def _serve_untold(found: Defaults, pc: str, lacking: dict[str, int]) -> None:
    """Places, things and quests for somebody without a fact; people need one to be tied by."""
    name = found.world.party[pc].name
    for table in lacking.keys() - {"entities"}:
        rows = (found.change(table, key) for key in found.world.rows(table))
        row = next((row for row in rows if row and row["pc"] is None), None) or found.new(table)
        row["pc"] = pc
        if "pc_connection_detail" in row:
            row["pc_connection_detail"] = f"{name} has been here before."


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
    banned = banned_pattern(map(str, found.world.campaign.locks.get("banned_words", ())))
    name = banned.sub("", row["name"]) if banned else row["name"]
    words = [word for word in name.split() if any(map(str.isalnum, word))] or ["Nameless"]
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


def _in_space(found: Defaults, finding: Finding) -> None:
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    if finding.message.startswith("Its building"):
        row["building"] = None
    elif "leads back" in finding.message:
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
    if not own:
        found.new("entities", primary_faction=faction)
        return
    words = f"{people[own[0]]['name']} is one of them."[:240]
    found.put("entity_factions", {
        "entity": own[0], "faction": faction, "role": "member", "rank_order": 5,
        "status": "active", "loyalty": 0.5, "description": words,
    })  # fmt: skip


def _untied(found: Defaults, finding: Finding) -> None:
    match finding.table:
        case "factions":
            _seat(found, finding.row)
            _aim(found, finding.row)
        case "cultures":
            _join(found, "pantheons", "cultures", finding.row)
        case _:
            table = next(t for t in ("economic_systems", "legal_systems") if t in finding.message)
            _join(found, table, "regions", finding.row)


def _aim(found: Defaults, faction: str) -> None:
    """What it strives for, as the rules draw it."""
    if not found.world.rows("factions")[faction]["goals"]:
        row = found.change("factions", faction)
        if row is not None:
            row["goals"] = rules.write_rows("factions", [faction], found.brief)[0]["goals"]


def _seat(found: Defaults, faction: str) -> None:
    rows = found.world.rows("faction_locations")
    own = {key: row for key, row in rows.items() if row["faction"] == faction}
    if any(row["control"] == "headquarters" for row in own.values()):
        return
    row = next((row for key in own if (row := found.change("faction_locations", key))), None)
    if row is not None:
        row["control"] = "headquarters"
        return
    region = found.world.rows("factions")[faction]["home_region"]
    held = {row["location"] for row in own.values()}
    places = {k: r for k, r in found.world.rows("locations").items() if k not in held}
    near = [k for k, r in places.items() if r["region"] == region] or list(places)
    if near:
        words = f"They meet in {places[near[0]]['name']}."[:240]
        found.put("faction_locations", {
            "faction": faction, "location": near[0], "control": "headquarters",
            "influence": 50, "description": words,
        })  # fmt: skip


def _join(found: Defaults, table: str, column: str, code: str) -> None:
    """The first row with room takes it in, also one that is about to be written; else one more is."""
    standing = [*found.world.tables[table], *found.rows.get(table, {})]
    if not found.join(table, column, code, among=standing):
        found.new(table, **{column: [code]})


_HANDLERS: dict[str, Any] = {
    "W02": _alone, "W03": _named, "W06": _single, "W07": in_time, "W08": _in_space,
    "W09": retire, "W10": _numbers, "W14": _missing, "W16": _untied,
}  # fmt: skip
