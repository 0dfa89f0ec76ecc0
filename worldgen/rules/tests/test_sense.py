"""What a game master would stumble over in a world by rules, looked for in several worlds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from worldgen.rules.bonds import plan_of
from worldgen.rules.tests.worlds import RAIL, SEA, brief, character, full, party

KIND = {"family", "friend", "love", "mentor", "ally", "patron"}


@pytest.fixture(scope="module", params=[(3, SEA), (8, RAIL), (21, "")])
def rows(request):
    seed, premise = request.param
    return full(brief(seed, premise=premise))[1]


def coded(rows, table):
    return {row["code"]: row for row in rows[table]}


def test_nobody_keeps_houses_in_two_places(rows):
    kept = {(row["owner"], row["location"]) for table in ("buildings", "shops", "taverns")
            for row in rows[table] if row["owner"]}  # fmt: skip
    assert not [owner for owner, count in Counter(o for o, _ in kept).items() if count > 1]


def test_whoever_owns_a_building_keeps_the_house_in_it(rows):
    buildings = coded(rows, "buildings")
    for table in ("shops", "taverns"):
        for row in rows[table]:
            if row["building"]:
                assert row["owner"] == buildings[row["building"]]["owner"]


def test_no_part_of_a_town_holds_more_people_than_half_of_it(rows):
    places = coded(rows, "locations")
    parts = [row for row in places.values() if row["parent_location"]]
    assert parts
    for row in parts:
        assert row["population"] <= places[row["parent_location"]]["population"] / 2


def test_a_quest_names_each_of_its_people_in_one_role(rows):
    named = Counter((row["quest"], row["entity"]) for row in rows["quest_entities"])
    assert max(named.values()) == 1


def test_the_kin_and_friends_of_the_party_are_no_enemies_of_its_quests_and_scenes(rows):
    people = coded(rows, "entities")
    friends = {code for code, row in people.items() if row["pc_connection"] in KIND}
    assert friends
    foes = {c["name"] for row in rows["encounters"] for c in row["creatures"]}
    assert not friends & foes
    told = [r for r in rows["quest_entities"] if r["role"] == "antagonist"]
    assert not [r for r in told if r["entity"] in friends]


def test_beasts_have_the_minds_of_beasts(rows):
    beasts = [row for row in rows["entities"] if row["entity_type"] == "creature"]
    assert beasts
    for row in beasts:
        assert row["abilities"]["int"] <= 4
        assert not {"arcana", "deception", "history"} & {s["skill"] for s in row["skills"]}


def test_what_is_used_up_has_no_uses_a_day_and_lasts_as_long_as_its_rule_says(rows):
    for row in rows["item_effects"]:
        assert not (row["activation"] == "consumed" and row["uses_per_day"])
        if "for a minute" in row["rules_text"]:
            assert row["duration"] == "one minute"


def test_no_two_gods_share_a_title(rows):
    titles = Counter(title for row in rows["deities"] for title in row["titles"])
    assert max(titles.values()) == 1


def test_a_currency_is_among_its_coins(rows):
    for row in rows["economic_systems"]:
        assert row["currency_name"] in {coin["name"] for coin in row["coins"]}


def test_texts_have_no_slips_of_grammar(rows):
    slip = re.compile(r"\b(the|a|an|in|on|of) \1\b|\b(?:a|an|better) the\b|\.\.|\{|\b[Ii]n the \w+ (?:Isle|Strand|Coast)\b")  # fmt: skip
    for table, found in rows.items():
        for row in found:
            for text in (t for t in row.values() if isinstance(t, str)):
                assert not slip.search(text), (table, text)


def test_names_in_backstories_say_trade_gender_and_kind_of_place():
    story = "I owe the ferryman Old Pell my life. Abbess Ilvane died on the road. I lost my brother at the Iron Gate."
    told = replace(brief(2), characters=(character(1, "Ada", "Human", "Ranger", story), *party(3)[1:]))  # fmt: skip
    people = {bond.name: bond for bond in plan_of(told).people}
    assert people["Old Pell"].job == "ferryman"
    assert people["Abbess Ilvane"].gender == "feminine"
    places = {row["name"]: row for row in full(told)[1]["locations"]}
    assert places["The Iron Gate"]["location_type"] == "landmark"


def test_a_guild_of_people_names_no_land():
    told = brief(2, premise="The Guild of Cogsmiths has replaced the council of Harrowgate.")
    assert "Cogsmiths" not in {row["name"] for row in full(told)[1]["geography_regions"]}
