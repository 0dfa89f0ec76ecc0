"""Stale rows one by one: accepting one frees no other, and a fact in new words marks what was made from it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from worldgen.keeping import inputs, stale
from worldgen.models import (
    Campaign,
    Entity,
    FactCitation,
    Faction,
    Location,
    PCFact,
    RosterLine,
    TableRun,
)
from worldgen.rows import load
from worldgen.tests.whole import by_rules, new_campaign, write_phase

pytestmark = pytest.mark.django_db
EARLY = ["1A", "1B", "1C"]


@pytest.fixture
def campaign(project):
    return new_campaign(project)


@pytest.fixture
def early(campaign):
    """Three phases by rules."""
    writer = by_rules(campaign)
    for code in EARLY:
        write_phase(campaign, code, writer)
    return campaign


def stale_codes(model, campaign):
    rows = model.objects.filter(campaign=campaign, is_stale=True)
    return set(rows.values_list("code", flat=True))


def accepted(client, campaign, rows):
    url = f"/api/v1/campaigns/{campaign.pk}/stale/accept"
    return client.post(url, {"rows": rows}, format="json")


def test_accepting_one_row_leaves_its_siblings_stale(bob, early, finish):
    Campaign.objects.filter(pk=early.pk).update(premise="A desert that remembers the sea.")
    early.refresh_from_db()
    stale.refresh(early)
    everybody = set(Faction.objects.filter(campaign=early).values_list("code", flat=True))
    assert stale_codes(Faction, early) == everybody
    assert accepted(bob, early, {"factions": ["fac01"]}).status_code == 200
    run = {"mode": "repair", "writer": "rules"}  # any run looks at all marks when it ends
    finish(bob.post(f"/api/v1/campaigns/{early.pk}/runs", run, format="json"))
    assert stale_codes(Faction, early) == everybody - {"fac01"}
    assert stale_codes(Faction, early)
    Campaign.objects.filter(pk=early.pk).update(premise="A sea that remembers the desert.")
    early.refresh_from_db()
    stale.refresh(early)
    assert stale_codes(Faction, early) == everybody  # accepted beside the wishes of then


def test_rows_that_are_not_there_are_refused_and_none_is_accepted(bob, early):
    Campaign.objects.filter(pk=early.pk).update(premise="A desert.")
    early.refresh_from_db()
    stale.refresh(early)
    for rows in (
        {"factions": ["fac01", "fac77"]},
        {"factions": ["fac01"], "entity_factions": ["a|b"]},
    ):
        answer = accepted(bob, early, rows)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "unknown_rows")
    assert answer.json()["rows"] == [{"table": "entity_factions", "row": "a|b"}]
    assert "fac01" in stale_codes(Faction, early)


def test_an_accepted_row_follows_what_code_completes_and_is_stale_when_a_person_writes(bob, early):
    race = load(early).rows("races")["rac01"]
    home = race["origin_region"]
    url = f"/api/v1/campaigns/{early.pk}/tables/geography_regions/{home}"
    assert bob.patch(url, {"summary": "Since the storm."}, format="json").status_code == 200
    assert accepted(bob, early, {"races": ["rac01"]}).status_code == 200
    before = load(early, ["geography_regions"]).tables["geography_regions"][home].content_hash
    inputs.follow(early, {home: before}, {home: "0" * 64})
    run = TableRun.objects.get(pk=load(early).tables["races"]["rac01"].table_run)
    row = load(early).tables["races"]["rac01"]
    assert inputs.grounds_of(run.seen, "races", row.id).rows[home] == "0" * 16
    inputs.follow(early, {home: "0" * 64}, {home: before})
    stale.refresh(early)
    assert "rac01" not in stale.reasons(early).get("races", {})
    assert bob.patch(url, {"summary": "Since the flood."}, format="json").status_code == 200
    assert stale.reasons(early)["races"]["rac01"] == [home]


def test_rows_accepted_before_wishes_were_kept_for_each_are_read_as_they_were():
    seen = {"campaign": "c", "tables": {"races": "t"}, "rows": {"reg01": "old"},
            "uses": {"races": {"1": ["reg01"], "2": ["reg01"]}}, "accepted": {"1": {"reg01": "new"}}}  # fmt: skip
    one, other = (inputs.grounds_of(seen, "races", pk) for pk in ("1", "2"))
    assert (one.campaign, one.table, one.rows) == ("c", "t", {"reg01": "new"})
    assert other.rows == {"reg01": "old"}


@pytest.fixture
def told(early):
    """People and places too, a person and a place of which are about the first fact."""
    writer = by_rules(early)
    for code in ("2A", "2B"):
        write_phase(early, code, writer)
    assert stale.refresh(early) == 0
    return early


def of_fact(campaign, code, table):
    """The rows of a table that were made from a fact."""
    cited = FactCitation.objects.filter(campaign=campaign, fact__code=code, table_name=table)
    ids = set(cited.values_list("row_id", flat=True))
    return {key for key, row in load(campaign).tables[table].items() if row.id in ids}


@pytest.mark.parametrize("door", ["api", "page"])
def test_a_fact_in_new_words_marks_the_rows_that_use_it(bob, told, door):
    lines = RosterLine.objects.filter(campaign=told, table_name="locations")
    code = next(line.fact_codes[0] for line in lines.order_by("code") if line.fact_codes)
    people, places = (of_fact(told, code, table) for table in ("entities", "locations"))
    assert places
    words = "The ferry of Oldwick sank, and someone was paid for it."
    if door == "api":
        url = f"/api/v1/campaigns/{told.pk}/pc-facts/{code}"
        assert bob.patch(url, {"text": words}, format="json").status_code == 200
    else:
        pc = code.partition("f")[0]
        url = reverse("world_character", args=[told.project_id, told.pk, pc])
        form = {"do": "fact", "code": code, f"{code}-text": words, f"{code}-kind": "event"}
        assert bob.post(url, form, format="multipart").status_code == 302
    fact = PCFact.objects.get(campaign=told, code=code)
    assert (fact.text, fact.origin, fact.is_confirmed, fact.span_start) == (
        words,
        "user",
        True,
        None,
    )
    assert stale_codes(Location, told) == places
    assert stale_codes(Entity, told) == people
    stale.refresh(told)
    assert stale_codes(Location, told) == places
    assert stale.reasons(told)["locations"][min(places)] == [code]


def test_a_fact_that_keeps_its_words_marks_nothing(bob, told):
    fact = PCFact.objects.get(campaign=told, code="pc1f1")
    url = f"/api/v1/campaigns/{told.pk}/pc-facts/pc1f1"
    for body in ({"text": fact.text}, {"must_use": False}, {"kind": "debt"}):
        assert bob.patch(url, body, format="json").status_code == 200
    assert not stale_codes(Location, told)
    assert not stale_codes(Entity, told)
