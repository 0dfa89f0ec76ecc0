"""The checks of a world, W01 to W16: pure functions over everything that stands in a campaign.

The rules of single tables that look at other rows (X01 and on) stand in `worldgen.checking.across`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from worldgen import phases
from worldgen.answers.derive import true_difficulty
from worldgen.answers.resolving import ALIVE, phases_table
from worldgen.answers.table_rules import problems
from worldgen.answers.vocabulary_of_links import ONE_A_PAIR, back_of
from worldgen.calendars import day_named
from worldgen.checking import across as across
from worldgen.checking.cited import citations, minimums
from worldgen.checking.graph import components, links_of, reaches_itself
from worldgen.checking.registry import CHECKS as CHECKS
from worldgen.checking.registry import Finding as Finding
from worldgen.checking.registry import Found, check
from worldgen.checking.registry import run_checks as run_checks
from worldgen.directory import GONE, target_name
from worldgen.rows import Row, World
from worldgen.rules.names import banned_pattern, bare

_NAME = re.compile(r"(^|_)name$")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|[\"“”]")
#: Tables whose rows may stand alone.
ALONE = ("calendar_systems", "planes")
#: Which field says in which age something came to be.
FOUNDED = {"factions": "founded_in", "locations": "founded_in", "dungeons": "built_in"}
#: How much older than its race usually gets somebody may be.
OLDEST = 1.2


def _all(world: World) -> Iterator[tuple[str, str, Row]]:
    for table in phases.tables():
        for key, row in world.rows(table).items():
            yield table, key, row


@check("W01")
def no_dangling_reference(world: World) -> Found:
    """No reference to a missing row. Another campaign's rows and drafts have no code here."""
    known = {code for table in phases.tables() for code in world.rows(table)} | set(world.party)
    for table, key, row in _all(world):
        model = phases.tables()[table]
        for column in [*phases.links(model), *phases.link_sets(model)]:
            value = row[column.name]
            for code in value if isinstance(value, list) else [value] if value else []:
                fits = code in known and (
                    code in world.party or phases_table(code) == target_name(column)
                )
                if not fits:
                    yield table, key, f"{column.name} names {code}, which is not there."


@check("W02")
def no_row_alone(world: World) -> Found:
    """No row without a link in or out, calendars and planes aside."""
    linked = links_of(world)
    for table, key, _ in _all(world):
        if table not in ALONE and phases.tables()[table].code_prefix and not linked[key]:
            yield table, key, "Nothing is linked with it."


@check("W03")
def names(world: World) -> Found:
    """Names are unique in a table, no player character's, and hold no banned word; an article is no part of one."""
    party = {pc.name.casefold() for pc in world.party.values()}
    banned = banned_pattern(map(str, world.campaign.locks.get("banned_words", ())))
    for table in phases.tables():
        taken: Counter[str] = Counter()
        for key, row in world.rows(table).items():
            name = row.get("name", "").casefold()
            taken[name] += 1
            if name and taken[name] > 1:
                yield table, key, f"Another row is called {row['name']} too."
            if name in party:
                yield table, key, "A player character has this name."
            if banned and banned.search(bare(name)):
                yield table, key, "The name holds a banned word."


@check("W04")
def facts_are_used(world: World) -> Found:
    """Every must-use fact is cited by a row of 2A to 3A."""
    cited = citations(world)
    for fact in world.facts:
        if fact.must_use and not cited.get(fact.code):
            yield "pc_facts", fact.code, "No row uses this fact."


@check("W05")
def party_is_served(world: World) -> Found:
    """Each player character has two entities, a location, an item and a quest."""
    for code, missing in minimums(world).items():
        for table, count in missing.items():
            yield "player_characters", code, f"It needs {count} more of {table}."


@check("W06")
def exactly_one(world: World) -> Found:
    """One primary calendar, one home plane, one current period."""
    singles = (
        ("calendar_systems", "is_primary", True),
        ("planes", "is_home", True),
        ("historical_periods", "period_type", "current"),
    )
    for table, column, wanted in singles:
        keys = [key for key, row in world.rows(table).items() if row[column] == wanted]
        if world.rows(table) and len(keys) != 1:
            yield table, (keys or [""])[-1], f"{len(keys)} rows have {column} {wanted}, not one."


@check("W07")
def time_agrees(world: World) -> Found:
    """Periods of a calendar do not overlap, nothing is founded in the future, nobody is too old.

    A holy day is a day of the primary calendar; what was founded, was in an age that has begun.
    """
    by_calendar = defaultdict(list)
    for key, row in world.rows("historical_periods").items():
        by_calendar[row["calendar"]].append((row["start_year"], row["end_year"], key))
    for calendar, spans in by_calendar.items():
        now = world.rows("calendar_systems").get(calendar, {}).get("current_year", 0)
        spans.sort(key=lambda span: span[0])
        for (_, end, _), (start, _, key) in pairwise(spans):
            if end is None or end > start:
                yield "historical_periods", key, "It begins before the one before it has ended."
        for start, _, key in spans:
            if start > now:
                yield "historical_periods", key, "It begins in the future."
    races = world.rows("races")
    for key, row in world.rows("entities").items():
        life = races.get(row["race"] or "", {}).get("lifespan")
        if life and row["age"] and row["age"] > life * OLDEST and row["status"] != "undead":
            yield "entities", key, "Older than its race can become."
    yield from _holy_days(world)
    yield from _foundings(world)


def _foundings(world: World) -> Found:
    """Powers, places and dungeons of an age that has not begun."""
    ages, calendars = world.rows("historical_periods"), world.rows("calendar_systems")
    for table, column in FOUNDED.items():
        for key, row in world.rows(table).items():
            age = ages.get(row[column] or "")
            now = calendars.get(age["calendar"], {}).get("current_year") if age else None
            if age and now is not None and age["start_year"] > now:
                yield table, key, f"{column} is an age that has not begun."


def _holy_days(world: World) -> Found:
    calendars = world.rows("calendar_systems").values()
    primary = next((row for row in calendars if row["is_primary"]), None)
    for key, row in world.rows("deities").items():
        if primary and row["holy_day"] and day_named(primary, row["holy_day"]) is None:
            yield "deities", key, "Its holy day is no day of the primary calendar."


@check("W08")
def space_agrees(world: World) -> Found:
    """Parents form no circle, houses stand where their building stands, all routes are connected."""
    for table, model in phases.tables().items():
        for link in phases.links(model):
            if link.related_model is model and model.code_prefix:
                above = {key: row[link.name] for key, row in world.rows(table).items()}
                for key in above:
                    if reaches_itself(key, above):
                        yield table, key, f"{link.name} leads back to itself."
    buildings = world.rows("buildings")
    for table in ("shops", "taverns", "temples"):
        for key, row in world.rows(table).items():
            house = buildings.get(row["building"] or "")
            if house and house["location"] != row["location"]:
                yield table, key, "Its building stands in another location."
    yield from _routes(world)


def _routes(world: World) -> Found:
    places = [k for k, row in world.rows("locations").items() if not row["parent_location"]]
    ways = [
        (r["from_location"], r["to_location"]) for r in world.rows("location_connections").values()
    ]
    if not ways:
        return
    groups = components(world.rows("locations"), [*ways, *(
        (key, row["parent_location"]) for key, row in world.rows("locations").items()
        if row["parent_location"]
    )])  # fmt: skip
    largest = max(groups, key=len, default=set())
    for key in places:
        if key not in largest:
            yield "locations", key, "No route leads there."


@check("W09")
def the_dead_rest(world: World) -> Found:
    """Nobody dead or missing rules, owns a shop or gives a quest."""
    people = world.rows("entities")
    for table, column in sorted(ALIVE):
        for key, row in world.rows(table).items():
            person = people.get(row[column] or "")
            if person and person["status"] in GONE:
                yield table, key, f"{column} is {person['status']}."
    for key, row in world.rows("entity_factions").items():
        person = people.get(row["entity"])
        if row["status"] == "leader" and person and person["status"] in GONE:
            yield "entity_factions", key, f"The leader is {person['status']}."


@check("W10")
def numbers_add_up(world: World) -> Found:
    """Shares, areas and populations fit; coins, item values and hit points keep their rules."""
    regions = world.rows("geography_regions")
    for key, row in regions.items():
        parent = regions.get(row["parent_region"] or "")
        if parent and row["population"] > parent["population"]:
            yield "geography_regions", key, "It has more people than its parent."
        if parent and (row["area_km2"] or 0) > (parent["area_km2"] or float("inf")):
            yield "geography_regions", key, "It is larger than its parent."
    for table in ("locations", "economic_systems", "items", "entities"):
        for key, row in world.rows(table).items():
            for issue in problems(table, dict(row), key=key):
                if issue.field in ("demographics", "coins", "value_gp", "hit_points", "hit_dice"):
                    yield table, key, issue.message


@check("W11")
def difficulty_is_true(world: World) -> Found:
    """The difficulty of a fight is that of its budget for the level and size of the party."""
    for key, row in world.rows("encounters").items():
        wanted = true_difficulty(row)
        if wanted and wanted != row["difficulty"]:
            yield "encounters", key, f"Its creatures make it {wanted}, not {row['difficulty']}."


@check("W12")
def relations_go_both_ways(world: World) -> Found:
    """Symmetric and inverse relations are there from both ends.

    Two factions have one row for each direction: against one that tells of one side only, such as
    "infiltrated", any may stand.
    """
    for table, (start, end) in {
        "entity_relationships": ("from_entity", "to_entity"),
        "faction_relationships": ("from_faction", "to_faction"),
        "deity_relationships": ("from_deity", "to_deity"),
    }.items():
        rows = world.rows(table)
        there = {(r[start], r[end], r["relationship_type"]) for r in rows.values()}
        one_sided = {
            (r[start], r[end]) for r in rows.values() if not back_of(table, r["relationship_type"])
        }
        once = table in ONE_A_PAIR
        for key, row in rows.items():
            back = back_of(table, row["relationship_type"])
            other = (row[end], row[start])
            if back and (*other, back) not in there and not (once and other in one_sided):
                yield table, key, f"The other end does not say {back}."
    regions = world.rows("geography_regions")
    for key, row in regions.items():
        for other_region in row["adjacent_regions"]:
            if key not in regions.get(other_region, {}).get("adjacent_regions", [key]):
                yield "geography_regions", key, f"{other_region} is not beside it."


@check("W13")
def dungeons_are_whole(world: World) -> Found:
    """The rooms of a dungeon form one graph, and every exit leads both ways."""
    for key, row in world.rows("dungeons").items():
        for issue in problems("dungeons", dict(row), key=key):
            if issue.field == "rooms":
                yield "dungeons", key, issue.message


@check("W14")
def nobody_is_missing(world: World) -> Found:
    """Factions have members, pantheons deities, towns a shop and a tavern, quests an encounter."""
    members = {r["faction"] for r in world.rows("entity_factions").values()}
    deities = {r["pantheon"] for r in world.rows("deities").values()}
    fights = {r["quest"] for r in world.rows("encounters").values()}
    for table, served, words in (
        ("factions", members, "Nobody belongs to it."),
        ("pantheons", deities, "No deity belongs to it."),
        ("quest_hooks", fights, "It has no encounter."),
    ):
        for key in world.rows(table):
            if key not in served:
                yield table, key, words
    for service in ("shops", "taverns"):
        places = {r["location"] for r in world.rows(service).values()}
        for key, row in world.rows("locations").items():
            if row["location_type"] in ("city", "town") and key not in places:
                yield "locations", key, f"It has none of the {service}."


@check("W16")
def systems_are_tied_in(world: World) -> Found:
    """Inhabited regions have economy and law, cultures a pantheon, factions a seat and a goal."""
    for table in ("economic_systems", "legal_systems"):
        covered = {code for row in world.rows(table).values() for code in row["regions"]}
        for key, row in world.rows("geography_regions").items():
            if not row["parent_region"] and row["population"] and key not in covered:
                yield "geography_regions", key, f"None of the {table} covers it."
    faithful = {code for row in world.rows("pantheons").values() for code in row["cultures"]}
    for key in world.rows("cultures"):
        if key not in faithful:
            yield "cultures", key, "It has no pantheon."
    seats = {
        r["faction"]
        for r in world.rows("faction_locations").values()
        if r["control"] == "headquarters"
    }
    for key, row in world.rows("factions").items():
        if key not in seats or not row["goals"]:
            yield "factions", key, "It has no headquarters or no goal."


@check("W15", blocks=False)
def only_known_names(world: World) -> Found:
    """Descriptions mention known names only: words in capitals that no row, fact or premise has."""
    known = _known_words(world)
    for table, key, row in _all(world):
        unknown = [name for name in _names_in(row.get("description", "")) if name not in known]
        if unknown:
            yield table, key, f"{', '.join(sorted(set(unknown)))} is no known name."


def _known_words(world: World) -> set[str]:
    """Every word that a name, the premise or a fact holds, and every word that occurs in small letters."""
    texts = [world.campaign.premise, *(fact.text for fact in world.facts)]
    texts += [pc.name for pc in world.party.values()]
    words: set[str] = set()
    for _, _, row in _all(world):
        plain = [value for value in row.values() if isinstance(value, str)]
        texts += [v for k, v in row.items() if isinstance(v, str) and _NAME.search(k)]
        texts += map(str, row.get("titles") or ())
        words.update(w for text in plain for w in _WORD.findall(text) if w.islower())
        inside = [e["name"] for v in row.values() if isinstance(v, list) for e in v
                  if isinstance(e, dict) and "name" in e]  # fmt: skip
        texts += [str(name) for name in inside]
    named = {word.casefold() for text in texts for word in _WORD.findall(text)}
    return named | {word.casefold() for word in words}


def _names_in(text: str) -> Iterator[str]:
    """Words in capitals that do not begin a sentence, in small letters."""
    for sentence in _SENTENCE.split(text):
        for word in _WORD.findall(sentence)[1:]:
            if word[0].isupper():
                yield word.casefold()
