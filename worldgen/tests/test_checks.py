"""Each check finds what is planted for it, in a world in which it found nothing."""

from __future__ import annotations

import copy

import pytest

from worldgen.answers.derive import derive
from worldgen.answers.filling import fill
from worldgen.answers.validator import Checked
from worldgen.checking.checks import CHECKS, Finding, run_checks
from worldgen.keeping.removing import remove
from worldgen.keeping.rollback import roll_back
from worldgen.keeping.save import Writer, save_rows
from worldgen.phases import in_level_order
from worldgen.rows import load
from worldgen.tests.planted import PLANTED, first
from worldgen.tests.whole import by_rules, new_run

pytestmark = pytest.mark.django_db
RULES = sorted(code for code in PLANTED if code.startswith("X"))


def test_every_check_is_tried():
    wanted = [f"W{n:02d}" for n in range(1, 17)] + [f"X{n:02d}" for n in range(1, 26)]
    assert sorted(PLANTED) == sorted(CHECKS) == wanted


def test_a_sound_world_has_no_finding_and_each_planted_one_is_found(world):
    assert [f for f in run_checks(world) if f.blocks] == []
    for code, plant in PLANTED.items():
        spoiled = copy.deepcopy(world)
        before = run_checks(spoiled, [code])
        plant(spoiled)
        found = run_checks(spoiled, [code])
        assert len(found) > len(before), code
        assert {f.code for f in found} == {code}


def test_a_rule_across_rows_reads_no_table_beside_those_it_names(world):
    for code in RULES:
        spoiled = copy.deepcopy(world)
        PLANTED[code](spoiled)
        found = run_checks(spoiled, [code])
        spoiled.tables = {table: spoiled.tables[table] for table in CHECKS[code].reads}
        assert run_checks(spoiled, [code]) == found, code


def broken(campaign):
    """Every rule across rows broken in the rows of a campaign, one after the other; its plain rows then."""
    sound = load(campaign)
    spoiled = copy.deepcopy(sound)
    for code in RULES:
        PLANTED[code](spoiled)
    gone = {
        (table, key): row
        for table, rows in sound.tables.items()
        for key, row in rows.items()
        if key not in spoiled.tables[table]
    }
    remove(sound, gone, actor_id=None)
    for table in in_level_order():
        rows = [r for k, r in spoiled.rows(table).items() if r != sound.rows(table).get(k)]
        saved = save_rows(campaign, table, Checked(rows=rows), writer=by_rules(campaign))
        assert not saved.invalid
    return plain(campaign)


def plain(campaign):
    """The rows of a campaign by table and key."""
    world = load(campaign)
    return {table: world.rows(table) for table in world.tables}


def blocking(campaign):
    """The codes of all findings that block."""
    return sorted({f.code for f in run_checks(load(campaign)) if f.blocks})


def mend(campaign):
    """What the end of a run does; the run."""
    run = new_run(campaign)
    writer = Writer(source="derived", table_run=run)
    derive(campaign, writer=writer)
    while fill(campaign, writer=writer):
        derive(campaign, writer=writer)
    return run.phase_run.run


def test_code_mends_all_rules_across_rows_and_that_can_be_undone(whole):
    before = broken(whole)
    assert set(RULES) <= set(blocking(whole))
    run = mend(whole)
    assert blocking(whole) == []
    roll_back(run, actor_id=whole.project.owner_id)
    assert plain(whole) == before


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
