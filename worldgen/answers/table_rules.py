"""The rules of single tables, row by row: what a shape cannot say and needs no other row.

What code knows better than a writer, such as the length of a year, is set here too, before the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from worldgen.calendars import Calendar, turns_of
from worldgen.issues import Issue
from worldgen.rules.numbers import RARITY_BANDS, dice_average

Row = dict[str, Any]
#: What is wrong: the field and the words.
Problem = tuple[str, str]
Rule = Callable[[Row], Iterator[Problem]]
Setter = Callable[[Row], None]

RULES: dict[str, list[Rule]] = {}
SETTERS: dict[str, list[Setter]] = {}

#: Hit points may differ from the average of their dice by so much.
HIT_POINTS_TOLERANCE = 0.10
MOST_DAYS = 60  # of a month, as `current_day` counts


def problems(table: str, row: Row, *, key: str) -> list[Issue]:
    """Set what code computes, in the row itself, and say which rules the row breaks."""
    for setter in SETTERS.get(table, ()):
        setter(row)
    return [
        Issue(table=table, row=key, field=field, code="rule", message=message)
        for rule in RULES.get(table, ())
        for field, message in rule(row)
    ]


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register a rule for these tables."""

    def add(function: Rule) -> Rule:
        for name in names:
            RULES.setdefault(name, []).append(function)
        return function

    return add


def sets(*names: str) -> Callable[[Setter], Setter]:
    """Register what code computes for these tables."""

    def add(function: Setter) -> Setter:
        for name in names:
            SETTERS.setdefault(name, []).append(function)
        return function

    return add


@sets("calendar_systems")
def year_length(row: Row) -> None:
    row["year_length_days"] = sum(m["days"] for m in row["months"]) + len(row["intercalary_days"])


@rule("calendar_systems")
def dates_of_a_calendar(row: Row) -> Iterator[Problem]:
    spans = {s.name: s for s in Calendar.of(row).spans if s.is_month}
    days = {name: span.days_in(row["current_year"]) for name, span in spans.items()}
    if len({month["name"] for month in row["months"]}) < len(row["months"]):
        yield "months", "Two months have one name."
    if not 20 <= row["year_length_days"] <= 1_000:
        yield "months", "A year has 20 to 1000 days."
    if row["current_day"] > days.get(row["current_month"], 0):
        yield "current_month", "Today is no day of a month."
    for festival in row["festivals"]:
        month = spans.get(festival["month"])
        if month is None or festival["day"] > month.most_days:
            yield "festivals", f"{festival['name']} is on no day of a month."
    for extra in row["intercalary_days"]:
        if extra["after_month"] not in {month["name"] for month in row["months"]}:
            yield "intercalary_days", f"{extra['name']} comes after no month."


@rule("calendar_systems")
def leap_days_of_a_calendar(row: Row) -> Iterator[Problem]:
    months = {month["name"] for month in row["months"]}
    taken = months | {extra["name"] for extra in row["intercalary_days"]}
    for leap in row["leap_days"]:
        if leap["after_month"] not in months:
            yield "leap_days", "Leap days come after no month."
        if leap["name"] in taken:
            yield "leap_days", f"{leap['name']} is another day or month."
        taken |= {leap["name"]} - {""}
        if turns_of(leap["every"]) is None:
            yield (
                "leap_days",
                "Years are 4, 4/100, 4/100/400 or 4+3, each a multiple of the one before.",
            )
    if any(span.most_days > MOST_DAYS for span in Calendar.of(row).spans):
        yield "leap_days", f"A month has {MOST_DAYS} days at most, leap days among them."
    if row["year_length_days"] + sum(leap["days"] for leap in row["leap_days"]) > 1_000:
        yield "leap_days", "A year has 1000 days at most, leap days among them."


@rule("planes")
def home_plane(row: Row) -> Iterator[Problem]:
    if row["is_home"] and row["plane_type"] != "material":
        yield "is_home", "The home plane is a material one."


@rule("historical_periods")
def years_of_a_period(row: Row) -> Iterator[Problem]:
    end, current = row["end_year"], row["period_type"] == "current"
    if (end is None) != current:
        yield "end_year", "The current period has no end, every other has one."
    if end is not None and end <= row["start_year"]:
        yield "end_year", "A period ends after it starts."
    for event in row["key_events"]:
        if event["year"] < row["start_year"] or (end is not None and event["year"] > end):
            yield "key_events", f"{event['title']} lies outside the period."


@rule("economic_systems")
def coins_ascend(row: Row) -> Iterator[Problem]:
    values = [coin["value_cp"] for coin in row["coins"]]
    if values != sorted(set(values)):
        yield "coins", "Each coin is worth more than the one before it."


@rule("celestial_bodies")
def phases_fill_the_orbit(row: Row) -> Iterator[Problem]:
    period = row["orbital_period_days"]
    total = sum(phase["days"] for phase in row["phases"])
    if period and row["phases"] and abs(total - period) > 0.5:
        yield "phases", "The phases add up to the orbital period."


@rule("races")
def ages_and_gifts_of_a_race(row: Row) -> Iterator[Problem]:
    if row["lifespan"] <= row["age_adult"]:
        yield "lifespan", "They live longer than until they are grown."
    if row["speed_walk"] % 5:
        yield "speed_walk", "A speed is a multiple of 5."
    if sum(gift["bonus"] for gift in row["ability_bonuses"]) > 4:
        yield "ability_bonuses", "The bonuses are at most 4 together."


@rule("character_classes")
def what_a_class_can(row: Row) -> Iterator[Problem]:
    if (row["caster_type"] != "none") != bool(row["spellcasting_ability"]):
        yield "spellcasting_ability", "Casters have one, others have none."
    if len(set(row["saving_throws"])) < 2:
        yield "saving_throws", "Two different ones."
    if len(row["skill_options"]) < row["skill_choose"]:
        yield "skill_options", "There are fewer than one may choose."
    gained = [feature["level"] for feature in row["features"]]
    if gained != sorted(gained) or gained[0] != 1:
        yield "features", "Features come in the order of levels and begin at level 1."


@rule("feats")
def who_may_take_a_feat(row: Row) -> Iterator[Problem]:
    if (row["ability_prerequisite"] is None) != (row["ability_minimum"] is None):
        yield "ability_minimum", "An ability needs its minimum, and no ability needs none."
    if row["category"] == "epic_boon" and row["level_minimum"] < 19:
        yield "level_minimum", "An epic boon is for level 19 and above."


@rule("backgrounds")
def skills_of_a_background(row: Row) -> Iterator[Problem]:
    if len(set(row["skill_proficiencies"])) < 2:
        yield "skill_proficiencies", "Two different ones."


@rule("languages")
def who_speaks_a_language(row: Row) -> Iterator[Problem]:
    if not row["typical_races"] and row["language_type"] not in ("dead", "secret"):
        yield "typical_races", "Somebody speaks a language that is neither dead nor secret."


@rule("entities")
def a_person(row: Row) -> Iterator[Problem]:
    if (row["pc"] is None) != (row["pc_connection"] == "none"):
        yield "pc_connection", "A connection and a player character belong together."
    if row["entity_type"] == "npc" and not row["race"]:
        yield "race", "Every npc has a race."
    if row["pc"] and not row["backstory_fact_ids"]:
        yield "backstory_fact_ids", "Who is tied to a player character uses one of its facts."
    wanted = dice_average(row["hit_dice"])
    if not wanted:
        yield "hit_dice", "Dice look like 4d8+4."
    elif abs(wanted - row["hit_points"]) > max(1, wanted * HIT_POINTS_TOLERANCE):
        yield "hit_points", f"The dice give {wanted:g} on average."


@rule("locations")
def a_place(row: Row) -> Iterator[Problem]:
    if (row["pc"] is None) != (not row["pc_connection_detail"]):
        yield "pc_connection_detail", "Say how it is tied to the player character, and only then."
    if sum(share["percent"] for share in row["demographics"]) > 100.5:
        yield "demographics", "The shares are at most 100 percent together."


@rule("dungeons")
def rooms_of_a_dungeon(row: Row) -> Iterator[Problem]:
    numbers = [room["number"] for room in row["rooms"]]
    if len(set(numbers)) < len(numbers):
        yield "rooms", "Two rooms have one number."
    if row["max_party_level"] < row["min_party_level"]:
        yield "max_party_level", "It is not below the lowest level."
    yield from _exits(row["rooms"], set(numbers))
    for name in ("traps", "treasure"):
        if any(thing["room"] not in numbers for thing in row[name]):
            yield name, "In a room that does not exist."


def _exits(rooms: list[Row], numbers: set[int]) -> Iterator[Problem]:
    exits = {room["number"]: set(room["exits"]) for room in rooms}
    if any(not ways <= numbers for ways in exits.values()):
        yield "rooms", "An exit leads to no room."
        return
    if any(number not in exits[to] for number, ways in exits.items() for to in ways):
        yield "rooms", "An exit leads only one way."
    reached, left = set[int](), sorted(numbers)[:1]
    while left:
        room = left.pop()
        if room not in reached:
            reached.add(room)
            left += exits[room]
    if reached != numbers:
        yield "rooms", "Not every room is reached from the first."


@rule("items")
def an_item(row: Row) -> Iterator[Problem]:
    if row["is_magical"] != (row["rarity"] != "mundane"):
        yield "rarity", "A magical item has a rarity, another is mundane."
    if row["requires_attunement"] and not row["is_magical"]:
        yield "requires_attunement", "Only a magical item does."
    if row["current_owner"] and row["current_location"]:
        yield "current_location", "Somebody has it, or it lies somewhere."
    if bool(row["weapon"]) != (row["item_type"] == "weapon"):
        yield "weapon", "A weapon has these values, and nothing else has."
    if bool(row["armor"]) != (row["item_type"] in ("armor", "shield")):
        yield "armor", "Armor and shields have these values, and nothing else has."
    low, high = RARITY_BANDS[row["rarity"]]
    if not low <= row["value_gp"] <= high:
        yield "value_gp", f"Between {low:g} and {high:g} for this rarity."


@rule("item_effects")
def an_effect(row: Row) -> Iterator[Problem]:
    if bool(row["damage_dice"]) != bool(row["damage_type"]):
        yield "damage_type", "Dice and type of damage belong together."
    if (row["save_ability"] is None) != (row["save_dc"] is None):
        yield "save_dc", "An ability to save with and its difficulty belong together."


@rule("sentient_item_properties")
def a_mind(row: Row) -> Iterator[Problem]:
    if bool(row["languages"]) != (row["communication"] == "speech"):
        yield "languages", "What speaks knows a language, what does not names none."


@rule("quest_hooks")
def a_quest(row: Row) -> Iterator[Problem]:
    if not (row["giver"] or row["sponsor_faction"]):
        yield "giver", "Somebody gives it, or a faction stands behind it."
    if row["target_entity"] and row["target_entity"] == row["giver"]:
        yield "target_entity", "Not the giver."
    if row["opposing_faction"] and row["opposing_faction"] == row["sponsor_faction"]:
        yield "opposing_faction", "Not the sponsor."
    if [stage["order"] for stage in row["stages"]] != list(range(1, len(row["stages"]) + 1)):
        yield "stages", "The orders are 1, 2, 3 and so on."
    if row["max_level"] < row["min_level"]:
        yield "max_level", "It is not below the lowest level."


@rule(
    "entity_relationships", "faction_relationships", "deity_relationships", "location_connections"
)
def no_link_to_itself(row: Row) -> Iterator[Problem]:
    ends = [name for name in row if name.startswith(("from_", "to_"))]
    if row[ends[0]] == row[ends[1]]:
        yield ends[1], "A row is not linked to itself."


@rule("temples", "shops", "taverns", "buildings")
def a_house(row: Row) -> Iterator[Problem]:
    if not row["location"]:
        yield "location", "It stands somewhere."
