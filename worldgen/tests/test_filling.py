"""What code adds by rule where no call has helped."""

from __future__ import annotations

from worldgen.answers.filling import fill
from worldgen.answers.mending import mends, wants_of
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.keeping.save import Writer
from worldgen.models import Encounter, Entity, FactionLocation, Location, Shop
from worldgen.rows import load
from worldgen.tests.whole import new_run


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
    asked = {part.table: part for part in mends(wants_of(world, findings))}
    assert {"entities", "encounters", "faction_locations"} <= set(asked)
    assert len(asked["entities"].codes) >= 1
    fill(whole, writer=Writer(source="derived", table_run=new_run(whole)))
    world = load(whole)
    assert [f for f in run_checks(world) if f.code not in ("W15", "W12", "W08")] == []
    assert not coverage(world).missing
