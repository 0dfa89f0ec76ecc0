"""How code mends what W07 and W09 find: ages, foundings and dates; offices that the dead hold."""

from __future__ import annotations

from worldgen import rules
from worldgen.answers.defaults import Defaults
from worldgen.checking.checks import FOUNDED, Finding
from worldgen.rows import Row

#: Which faction somebody served in an office, by the table of the office.
SERVED = {
    "locations": "ruling_faction", "quest_hooks": "sponsor_faction", "shops": "faction",
    "taverns": "faction", "temples": "faction",
}  # fmt: skip


def in_time(found: Defaults, finding: Finding) -> None:
    """Clamp what is too old, in the future, or in two ages at once."""
    if finding.table == "historical_periods":
        _ages(found, finding)
        return
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    if finding.table == "entities":
        row["age"] = found.world.rows("races")[row["race"]]["lifespan"]
    elif finding.table == "deities":  # no other day is guessed
        row["holy_day"] = ""
    else:
        row[FOUNDED[finding.table]] = _present(found)


def _present(found: Defaults) -> str | None:
    """The current age, where it has begun."""
    years = {k: r["current_year"] for k, r in found.world.rows("calendar_systems").items()}
    for key, row in found.world.rows("historical_periods").items():
        if row["period_type"] == "current" and row["start_year"] <= years.get(row["calendar"], 0):
            return key
    return None


def _ages(found: Defaults, finding: Finding) -> None:
    rows = found.world.rows("historical_periods")
    late = rows[finding.row]
    if "future" in finding.message:
        _move(found, finding.row, late)
        return
    for key, row in rows.items():
        ends = row["end_year"]
        overlaps = row["start_year"] < late["start_year"] and ends and ends > late["start_year"]
        if key != finding.row and row["calendar"] == late["calendar"] and overlaps:
            new = found.change("historical_periods", key)
            if new is not None:
                new["end_year"] = late["start_year"]
                new["key_events"] = [
                    {**e, "year": min(e["year"], late["start_year"])} for e in new["key_events"]
                ]


def _move(found: Defaults, key: str, late: Row) -> None:
    """The current age begins today; another one lies before all others. What happened in it moves along."""
    world = found.world
    now = world.rows("calendar_systems")[late["calendar"]]["current_year"]
    ages = world.rows("historical_periods").values()
    first = min([r["start_year"] for r in ages if r["calendar"] == late["calendar"]] + [now])
    years = (now - late["start_year"]) if late["end_year"] is None else first - late["end_year"]
    row = found.change("historical_periods", key)
    if row is not None:
        row["start_year"] += years
        row["end_year"] = None if late["end_year"] is None else late["end_year"] + years
        row["key_events"] = [{**e, "year": e["year"] + years} for e in row["key_events"]]


def retire(found: Defaults, finding: Finding) -> None:
    """An office is empty, and who held it is a former member of the faction they served."""
    row = found.change(finding.table, finding.row)
    if row is None:
        return
    if finding.table == "entity_factions":
        row["status"] = "former"
        return
    column = finding.message.partition(" ")[0]
    person, row[column] = row[column], None
    _remember(found, person, row.get(SERVED[finding.table]))
    if column == "giver" and not row["sponsor_faction"]:  # somebody gives it
        drawn = rules.write_rows(finding.table, [finding.row], found.brief)[0]
        asked = {name: drawn[name] for name in ("giver", "sponsor_faction")}
        row.update(asked if drawn["giver"] != row["target_entity"] else {})


def _remember(found: Defaults, person: str, faction: str | None) -> None:
    """A membership of status former: the one that stands, else a new one."""
    who = found.world.rows("entities")[person]
    faction = faction or who["primary_faction"]
    key = f"{person}|{faction}"
    if not faction:
        return
    if key in found.world.tables["entity_factions"] or key in found.rows.get("entity_factions", {}):
        standing = found.change("entity_factions", key)
        if standing is not None:
            standing["status"] = "former"
        return
    house = found.world.rows("factions")[faction]
    rank = min(house["ranks"], key=lambda rank: int(rank["order"]))
    words = f"{who['name']} once held an office for {house['name']}."[:240]
    found.put("entity_factions", {
        "entity": person, "faction": faction, "role": rank["title"], "rank_order": rank["order"],
        "status": "former", "loyalty": 0.5, "description": words,
    })  # fmt: skip
