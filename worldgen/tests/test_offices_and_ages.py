"""Who is dead leads nobody, what is founded is in the past, names keep off banned words, pairs agree."""

from __future__ import annotations

import pytest

from worldgen.answers.derive import derive
from worldgen.answers.filling import fill
from worldgen.checking.checks import run_checks
from worldgen.edits.editing import Editor, edit_row
from worldgen.keeping.save import Writer
from worldgen.models import (
    CalendarSystem,
    Entity,
    EntityFaction,
    Faction,
    FactionRelationship,
    HistoricalPeriod,
    Location,
)
from worldgen.rosters import problems
from worldgen.rows import load
from worldgen.tests.whole import new_run

pytestmark = pytest.mark.django_db


def mended(campaign):
    """The world after what the end of a run does, and the codes of what still blocks."""
    writer = Writer(source="derived", table_run=new_run(campaign))
    derive(campaign, writer=writer)
    while fill(campaign, writer=writer):
        derive(campaign, writer=writer)
    world = load(campaign)
    return world, sorted({f.code for f in run_checks(world) if f.blocks})


def found(campaign, code):
    """Table and row of what a check finds."""
    return [(f.table, f.row) for f in run_checks(load(campaign), [code])]


def test_a_leader_who_dies_leads_no_more_and_is_remembered(whole):
    faction = Faction.objects.filter(campaign=whole).exclude(leader=None).first()
    leader = faction.leader
    edit_row(whole, leader, {"status": "dead"}, editor=Editor(actor_id=whole.project.owner_id))
    faction.refresh_from_db()
    assert faction.leader is None
    membership = f"{leader.code}|{faction.code}"
    assert ("entity_factions", membership) in found(whole, "W09")
    world, left = mended(whole)
    assert left == []
    assert world.rows("entity_factions")[membership]["status"] == "former"


def test_the_more_loyal_of_two_leaders_leads_whichever_row_came_later(whole):
    faction = Faction.objects.filter(campaign=whole).exclude(leader=None).first()
    first = EntityFaction.objects.get(faction=faction, status="leader")
    members = EntityFaction.objects.filter(faction=faction).values("entity")
    other = Entity.objects.filter(campaign=whole, status="alive").exclude(pk__in=members).first()
    for loyalty, leads in ((0.0, faction.leader), (1.0, other)):
        EntityFaction.objects.filter(faction=faction, entity=other).delete()
        EntityFaction.objects.create(
            project=whole.project, campaign=whole, faction=faction, entity=other, status="leader",
            role=first.role, rank_order=first.rank_order, loyalty=loyalty, description="Two of them.",
        )  # fmt: skip
        assert ("factions", faction.code) in found(whole, "X21")
        writer = Writer(source="derived", table_run=new_run(whole))
        derive(whole, writer=writer)
        faction.refresh_from_db()
        assert faction.leader == leads
    _, left = mended(whole)
    assert left == []
    assert EntityFaction.objects.get(faction=faction, status="leader").entity == other


def test_a_dead_ruler_leaves_the_seat_and_is_a_former_member(whole):
    place = Location.objects.filter(campaign=whole).exclude(ruling_faction=None).first()
    ruler = Entity.objects.filter(campaign=whole, status="alive").first()
    EntityFaction.objects.filter(entity=ruler).delete()
    Location.objects.filter(pk=place.pk).update(ruler=ruler)
    Entity.objects.filter(pk=ruler.pk).update(status="dead")
    assert ("locations", place.code) in found(whole, "W09")
    world, left = mended(whole)
    assert left == []
    assert world.rows("locations")[place.code]["ruler"] is None
    key = f"{ruler.code}|{place.ruling_faction.code}"
    assert world.rows("entity_factions")[key]["status"] == "former"


def test_nothing_is_founded_in_an_age_that_has_not_begun(whole):
    age = HistoricalPeriod.objects.filter(campaign=whole).exclude(period_type="current").first()
    now = CalendarSystem.objects.get(campaign=whole, is_primary=True).current_year
    events = [{**event, "year": now + 20} for event in age.key_events]
    HistoricalPeriod.objects.filter(pk=age.pk).update(
        start_year=now + 10, end_year=now + 30, key_events=events
    )
    Faction.objects.filter(campaign=whole, code="fac01").update(founded_in=age)
    assert {("factions", "fac01"), ("historical_periods", age.code)} <= set(found(whole, "W07"))
    world, left = mended(whole)
    assert left == []
    assert world.rows("historical_periods")[age.code]["end_year"] < now
    assert found(whole, "W07") == []


def test_two_factions_that_contradict_each_other_agree_and_a_persons_word_counts(whole):
    pairs = FactionRelationship.objects.filter(campaign=whole)
    one = pairs.filter(relationship_type="rival").order_by("from_faction__code").first()
    back = pairs.get(from_faction=one.to_faction, to_faction=one.from_faction)
    pairs.filter(pk=back.pk).update(relationship_type="trade_partner")
    assert len(found(whole, "W12")) == 2
    _, left = mended(whole)
    assert left == []
    one.refresh_from_db()
    back.refresh_from_db()
    assert one.relationship_type == back.relationship_type == "rival"
    pairs.filter(pk=back.pk).update(relationship_type="infiltrated")  # tells of one side only
    assert found(whole, "W12") == []
    pairs.filter(pk=back.pk).update(relationship_type="vassal", source="edited")
    editor = Editor(actor_id=whole.project.owner_id)
    edit_row(whole, one, {"relationship_type": "ally"}, editor=editor)
    back.refresh_from_db()
    assert back.relationship_type == "ally"
    assert found(whole, "W12") == []


@pytest.mark.parametrize(
    ("name", "is_banned"),
    [("The Red Hand", True), ("The Red-Hand’s Oath", True), ("Gull, the Grey", True),
     ("Redhand", False), ("The Red Left Hand", False), ("Gullible Tom", False)],
)  # fmt: skip
def test_banned_phrases_are_found_whole_by_every_reader_of_names(world, name, is_banned):
    world.campaign.locks = {"banned_words": ["red hand", "Gull"]}
    world.rows("factions")["fac01"]["name"] = name
    assert ("fac01" in {f.row for f in run_checks(world, ["W03"])}) is is_banned
    told = problems(world, "1C", {"factions": [{"code": "fac01", "name": name}]})
    assert [issue.message for issue in told] == ["The name holds a banned word."] * is_banned


def test_code_takes_a_banned_phrase_out_of_a_name(whole):
    whole.locks = {**whole.locks, "banned_words": ["Red Hand"]}
    whole.save(update_fields=["locks"])
    Faction.objects.filter(campaign=whole, code="fac01").update(
        name="Oath of the Red-Hand, renewed"
    )
    _, left = mended(whole)
    assert left == []
    assert Faction.objects.get(campaign=whole, code="fac01").name == "Oath of the renewed fac01"


def test_names_of_a_roster_are_two_letters_apart_unless_a_person_wants_them_so(world):
    lines = [{"code": "fac01", "name": "The Amber Guild"}, {"code": "fac02", "name": "Amber Guilds"},
             {"code": "fac03", "name": "The Umber Gild"}]  # fmt: skip
    wrong = problems(world, "1C", {"factions": lines})
    assert [issue.row for issue in wrong] == ["fac02"]
    assert problems(world, "1C", {"factions": lines}, apart=False) == []
