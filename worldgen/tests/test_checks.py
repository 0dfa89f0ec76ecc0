"""Each check finds what is planted for it, in a world in which it found nothing."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from worldgen.checking.checks import CHECKS, Finding, run_checks
from worldgen.models import FactCitation
from worldgen.rows import Standing

pytestmark = pytest.mark.django_db


def first(world, table, **wanted):
    """The values of the first row of the table in which these fields are so."""
    rows = world.rows(table).values()
    return next(r for r in rows if all(r[k] == v for k, v in wanted.items()))


def drop(world, table, keep=lambda row: False):
    """Take away the rows of a table, but for those to keep."""
    world.tables[table] = {k: s for k, s in world.tables[table].items() if keep(s.values)}


def add(world, table, key, **changed):
    """A copy of the first row of the table under another key."""
    other: Standing = next(iter(world.tables[table].values()))
    values = {**copy.deepcopy(other.values), **changed}
    world.tables[table][key] = replace(other, key=key, values=values)


def w01(world):
    first(world, "planes")["parent_plane"] = "pla99"


def w02(world):
    add(world, "feats", "fea99", code="fea99", name="Alone", race_prerequisite=None,
        class_prerequisite=None)  # fmt: skip


def w03(world):
    first(world, "races")["name"] = "Mara"


def w04(world):
    FactCitation.objects.filter(fact__code="pc1f1").delete()


def w05(world):
    for row in world.rows("items").values():
        row["pc"] = None


def w06(world):
    first(world, "planes")["is_home"] = not first(world, "planes")["is_home"]


def w07(world):
    first(world, "entities", entity_type="npc", status="alive")["age"] = 20_000


def w08(world):
    code = next(iter(world.rows("geography_regions")))
    world.rows("geography_regions")[code]["parent_region"] = code


def w09(world):
    giver = next(r["giver"] for r in world.rows("quest_hooks").values() if r["giver"])
    world.rows("entities")[giver]["status"] = "dead"


def w10(world):
    first(world, "items", rarity="mundane")["value_gp"] = 900_000


def w11(world):
    row = next(iter(world.rows("encounters").values()))
    row.update(
        encounter_type="combat",
        difficulty="trivial",
        creatures=[{"name": "dragon", "count": 9, "challenge_rating": "20"}],
    )


def w12(world):
    row = next(iter(world.rows("entity_relationships").values()))
    row["relationship_type"] = "mentor"


def w13(world):
    first(world, "dungeons")["rooms"][0]["exits"] = []


def w14(world):
    drop(world, "taverns")


def w15(world):
    first(world, "locations")["description"] = "They fear Xanthippe Quillfeather of Zzyzx."


def w16(world):
    drop(world, "pantheons")


PLANTED = {
    name.upper(): plant
    for name, plant in globals().items()
    if name[:1] == "w" and name[1:].isdigit()
}


def test_every_check_is_tried():
    assert sorted(PLANTED) == sorted(CHECKS) == [f"W{n:02d}" for n in range(1, 17)]


def test_a_sound_world_has_no_finding_and_each_planted_one_is_found(world):
    assert [f for f in run_checks(world) if f.blocks] == []
    for code, plant in PLANTED.items():
        spoiled = copy.deepcopy(world)
        before = run_checks(spoiled, [code])
        plant(spoiled)
        found = run_checks(spoiled, [code])
        assert len(found) > len(before), code
        assert {f.code for f in found} == {code}


def test_only_unknown_names_do_not_keep_a_row_from_being_accepted():
    blocks = {c: Finding(code=c, table="", row="", message="").blocks for c in CHECKS}
    assert [code for code, blocking in blocks.items() if not blocking] == ["W15"]


def test_a_holy_day_is_a_day_of_the_primary_calendar(world):
    calendar, deity = first(world, "calendar_systems", is_primary=True), first(world, "deities")
    month, feast = calendar["months"][0], calendar["festivals"][0]["name"]
    for said, wrong in ((f"{month['name']} {month['days']}", False), (f"At {feast}", False),
                        (f"{month['days'] + 1} {month['name']}", True), ("Some day", True),
                        ("", False)):  # fmt: skip
        deity["holy_day"] = said
        found = [f.row for f in run_checks(world, ["W07"]) if f.table == "deities"]
        assert found == ([deity["code"]] if wrong else []), said


def test_a_name_in_any_field_of_names_is_known(world):
    calendar = first(world, "calendar_systems")
    calendar["epoch_name"] = "The Xanthippe Drought"
    calendar["description"] = "Years are counted from the Xanthippe Drought."
    code = calendar["code"]
    assert [f.row for f in run_checks(world, ["W15"]) if f.row == code] == []
