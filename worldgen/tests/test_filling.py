"""What code adds by rule where no call has helped."""

from __future__ import annotations

from worldgen.answers.filling import fill
from worldgen.answers.mending import mendable, mends, wants_of
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.keeping.rollback import roll_back
from worldgen.keeping.save import Writer
from worldgen.models import (
    Deity,
    EconomicSystem,
    Encounter,
    Entity,
    EntityFaction,
    Faction,
    FactionLocation,
    LegalSystem,
    Location,
    Pantheon,
    PCFact,
    PlayerCharacter,
    QuestEntity,
    QuestHook,
    QuestItem,
    QuestLocation,
    RosterLine,
    RowDraft,
    Shop,
)
from worldgen.rows import load
from worldgen.tests.whole import new_run


def filled(campaign):
    """Fill; the world then, and what is still wrong with it."""
    fill(campaign, writer=Writer(source="derived", table_run=new_run(campaign)))
    world = load(campaign)
    return world, [f for f in run_checks(world) if f.code not in ("W15", "W12", "W08")]


def test_a_world_with_gaps_is_filled_and_told_as_targeted_calls(whole):
    Entity.objects.filter(campaign=whole, pc__code="pc1").update(pc=None, pc_connection="none")
    quest = Encounter.objects.filter(campaign=whole).first().quest
    Encounter.objects.filter(quest=quest).update(quest=None)
    FactionLocation.objects.filter(campaign=whole, control="headquarters").delete()
    Location.objects.filter(campaign=whole).update(ruling_faction=None)
    town = Shop.objects.filter(campaign=whole).first().location
    Shop.objects.filter(location=town).delete()
    world = load(whole)
    findings = [f for f in run_checks(world) if f.code != "W15"]
    assert {"W05", "W14", "W16"} <= {f.code for f in findings}
    tables = mendable(world, "everywhere")
    asked = {part.table: part for part in mends(wants_of(world, findings), tables)}
    assert {"entities", "encounters", "faction_locations"} <= set(asked)
    assert len(asked["entities"].codes) >= 1
    world, wrong = filled(whole)
    assert wrong == []
    assert not coverage(world).missing


def give_up(campaign, model, **fields):
    """A table loses rows as it does when a writer's are given up: code and line are not offered again."""
    rows = model.objects.filter(campaign=campaign, **fields)
    RosterLine.objects.filter(campaign=campaign, code__in=rows.values("code")).update(
        is_dropped=True
    )
    return rows


def test_a_player_character_without_a_quest_gets_one_where_all_others_are_somebodys(whole):
    lost = give_up(whole, QuestHook, pc__code="pc3")
    Encounter.objects.filter(quest__in=lost).update(quest=None)
    gone = set(lost.values_list("code", flat=True))
    for parts in (QuestEntity, QuestLocation, QuestItem):
        parts.objects.filter(quest__in=lost).delete()
    lost.delete()
    QuestHook.objects.filter(campaign=whole, pc=None).update(
        pc=PlayerCharacter.objects.get(campaign=whole, code="pc1")
    )
    world, wrong = filled(whole)
    assert wrong == []
    [quest] = QuestHook.objects.filter(campaign=whole, pc__code="pc3")
    assert (quest.source, quest.code in gone) == ("derived", False)
    line = RosterLine.objects.get(campaign=whole, code=quest.code)
    assert (line.name, line.is_dropped) == (quest.name, False)
    assert {fact.partition("f")[0] for fact in line.fact_codes} == {"pc3"}
    assert quest.code in coverage(world).facts[line.fact_codes[0]]


def test_tables_whose_rows_all_refuse_a_change_get_one_more_that_covers_everything(whole):
    tables = {EconomicSystem: "regions", LegalSystem: "regions", Pantheon: "cultures"}
    for model, column in tables.items():
        for row in model.objects.filter(campaign=whole):
            getattr(row, column).clear()
        model.objects.filter(campaign=whole).update(is_locked=True)  # no run may change it
    assert "W16" in {f.code for f in run_checks(load(whole))}
    _, wrong = filled(whole)
    assert wrong == []
    for model, column in tables.items():
        [new] = model.objects.filter(campaign=whole, source="derived")
        assert getattr(new, column).exists()


def test_quests_that_begin_in_one_place_each_get_an_encounter(whole):
    place = Location.objects.filter(campaign=whole).first()
    QuestHook.objects.filter(campaign=whole).update(location=place)
    Encounter.objects.filter(campaign=whole).update(quest=None, location=place)
    _, wrong = filled(whole)
    assert wrong == []
    quests = QuestHook.objects.filter(campaign=whole)
    assert set(Encounter.objects.filter(campaign=whole).exclude(quest=None).values_list(
        "quest_id", "location_id")) == {(quest.pk, place.pk) for quest in quests}  # fmt: skip


def test_a_faction_without_goal_seat_and_living_person_gets_all_three(whole):
    faction = Faction.objects.filter(campaign=whole).first()
    Faction.objects.filter(pk=faction.pk).update(goals=[])
    FactionLocation.objects.filter(faction=faction).update(control="presence", is_locked=True)
    EntityFaction.objects.filter(faction=faction).delete()
    Entity.objects.filter(campaign=whole).update(status="dead", primary_faction=None)
    Location.objects.filter(campaign=whole).update(ruler=None)
    Shop.objects.filter(campaign=whole).update(owner=None)
    found = {(f.code, f.row) for f in run_checks(load(whole))}
    assert {("W14", faction.code), ("W16", faction.code)} <= found
    _, wrong = filled(whole)
    assert [f for f in wrong if f.row == faction.code] == []
    assert EntityFaction.objects.filter(faction=faction).exists()
    assert FactionLocation.objects.filter(faction=faction, control="headquarters").exists()


def test_somebody_without_a_backstory_gets_all_but_people(whole):
    PCFact.objects.filter(pc__code="pc2").delete()
    for model in (Entity, Location, QuestHook):
        extra = {"pc_connection": "none"} if model is Entity else {}
        extra |= {"pc_connection_detail": ""} if model is Location else {}
        model.objects.filter(campaign=whole, pc__code="pc2").update(pc=None, **extra)
    world, wrong = filled(whole)
    assert [f.message for f in wrong] == ["It needs 2 more of entities."]
    assert coverage(world).missing == {"pc2": {"entities": 2}}


def test_what_was_added_goes_with_its_run_and_leaves_no_draft(whole):
    drafts = RowDraft.objects.filter(campaign=whole).count()
    lost = give_up(whole, EconomicSystem)
    Location.objects.filter(campaign=whole).update(economic_system=None)
    lost.delete()
    lines = set(RosterLine.objects.filter(campaign=whole).values_list("code", "is_dropped"))
    run = new_run(whole)
    fill(whole, writer=Writer(source="derived", table_run=run))
    assert EconomicSystem.objects.filter(campaign=whole).exists()
    assert RowDraft.objects.filter(campaign=whole).count() == drafts
    roll_back(run.phase_run.run, actor_id=whole.project.owner_id)
    assert not EconomicSystem.objects.filter(campaign=whole).exists()
    after = RosterLine.objects.filter(campaign=whole).values_list("code", "is_dropped")
    assert set(after) == lines


def test_a_holy_day_that_no_calendar_knows_is_emptied_and_not_guessed(whole):
    deities = Deity.objects.filter(campaign=whole)
    others = set(deities.exclude(code="dei01").values_list("holy_day", flat=True))
    deities.filter(code="dei01").update(holy_day="When the lamps go out")
    world, wrong = filled(whole)
    assert wrong == []
    assert world.rows("deities")["dei01"]["holy_day"] == ""
    assert set(deities.exclude(code="dei01").values_list("holy_day", flat=True)) == others
