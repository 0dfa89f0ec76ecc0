"""A rollback restores the state before a run, and what people did since stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyforge.jobs.models import Job
from tests.make import make
from worldgen import phases
from worldgen.answers.derive import derive
from worldgen.answers.filling import drop_lines_without_rows
from worldgen.answers.settling import settle
from worldgen.answers.validator import Checked
from worldgen.checking.checks import run_checks
from worldgen.errors import AlreadyRolledBack, RunInProgress
from worldgen.keeping import comparing, fingerprint
from worldgen.keeping.rollback import roll_back, work_out
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import (
    EntityLanguage,
    FactCitation,
    Faction,
    GenerationRun,
    Plane,
    RosterLine,
    RowChange,
    RowDraft,
    TableRun,
)
from worldgen.planning.part import Part
from worldgen.rows import load
from worldgen.tests.whole import new_campaign, new_run, write_phase

pytestmark = pytest.mark.django_db


def a_run(campaign, *codes, attempt=0):
    """A run that writes these phases by rules."""
    table_run = new_run(campaign)
    for code in codes:
        write_phase(campaign, code, Writer(source="rules", table_run=table_run), attempt=attempt)
    return table_run.phase_run.run


def edit(campaign, table, key, **values):
    row = load(campaign, [table]).rows(table)[key]
    person = Writer(source="edited", actor_id=campaign.project.owner_id)
    saved = save_rows(campaign, table, Checked(rows=[{**row, **values}]), writer=person)
    assert saved.changed == [key], saved


def lines(campaign):
    rows = RosterLine.objects.filter(campaign=campaign).order_by("code")
    return list(rows.values_list("code", "name", "line", "position", "is_dropped"))


def undo(run):
    return roll_back(run, actor_id=run.campaign.project.owner_id)


def test_after_any_phase_a_rollback_leaves_the_world_as_it_was(campaign):
    before = []
    for phase in phases.PHASES:
        before.append(
            (fingerprint.of_world(campaign), lines(campaign), FactCitation.objects.count())
        )
        run = a_run(campaign, phase.code)
        assert fingerprint.of_world(campaign) != before[-1][0]
    whole = contents(campaign)
    runs = list(GenerationRun.objects.order_by("-created_at"))
    assert runs[0] == run
    for run, (state, roster, citations) in zip(runs, reversed(before), strict=True):
        undoing = undo(run)
        assert undoing.kept == {}
        assert fingerprint.of_world(campaign) == state, run
        assert lines(campaign) == roster
        assert FactCitation.objects.count() == citations
        run.refresh_from_db()
        assert run.state == "rolled_back"
    assert not load(campaign).rows("planes")
    a_run(campaign, *(phase.code for phase in phases.PHASES))
    assert contents(campaign) == whole  # as if nothing had been


def contents(campaign):
    world = load(campaign)
    return {table: world.rows(table) for table in phases.tables()}


@pytest.fixture
def twice(campaign):
    """The first three phases, and a run that wrote the third another time, otherwise."""
    a_run(campaign, "1A", "1B", "1C")
    before = fingerprint.of_world(campaign), contents(campaign)
    run = a_run(campaign, "1C", attempt=1)
    return campaign, run, before


def test_rows_that_a_run_changed_get_their_old_state_back(twice):
    campaign, run, (state, content) = twice
    changed = comparing.of_runs(run)
    assert set(changed.changed) >= {"deities", "cultures", "factions"}
    revisions = dict(Faction.objects.values_list("code", "revision"))
    dry = work_out(run).report()
    assert fingerprint.of_world(campaign) != state
    undoing = undo(run)
    assert undoing.report() == dry
    assert contents(campaign) == content
    assert fingerprint.of_world(campaign) == state
    now = dict(Faction.objects.values_list("code", "revision"))
    assert all(now[code] >= revisions[code] for code in now)  # never an old number again


def test_rows_that_people_changed_stay_with_all_they_refer_to(campaign):
    run = a_run(campaign, *(phase.code for phase in phases.PHASES))
    edit(campaign, "quest_hooks", "qst01", name="The bell that nobody rings")
    Plane.objects.filter(code="pla02").update(is_locked=True)
    world = load(campaign)
    dry = work_out(run).report()
    undoing = undo(run)
    assert undoing.report() == dry
    left = load(campaign)
    assert left.rows("quest_hooks") == {"qst01": world.rows("quest_hooks")["qst01"]}
    assert left.rows("planes")["pla02"] == world.rows("planes")["pla02"]
    reasons = {(table, key): kept.reason for (table, key), kept in undoing.kept.items()}
    assert reasons["quest_hooks", "qst01"] == "changed since"
    assert reasons["planes", "pla02"] == "locked"
    giver = world.rows("quest_hooks")["qst01"]["giver"]
    assert (not giver) or reasons["entities", giver] == "needed"
    assert set(reasons) == {(t, k) for t in phases.tables() for k in left.rows(t)}
    assert {f.code for f in run_checks(left)} & {"W01"} == set()
    assert not EntityLanguage.objects.exists()
    stays = {key for _, key in reasons}
    assert {line.code for line in RosterLine.objects.all()} == stays
    assert Faction.objects.filter(leader__isnull=False).count() == 0


def test_a_row_that_a_later_run_wrote_stays_with_what_it_needs(twice):
    campaign, later, _ = twice
    first = GenerationRun.objects.order_by("created_at").first()
    undoing = undo(first)
    kept = {kept.reason for kept in undoing.kept.values()}
    assert kept == {"changed since", "needed"}
    assert not any(f.code == "W01" for f in run_checks(load(campaign)))
    written = {table for table, _ in undoing.kept}
    assert {"planes", "deities"} <= written
    assert GenerationRun.objects.get(pk=later.pk).state == "completed"


def test_a_rollback_takes_drafts_along_shows_in_the_history_and_is_done_once(twice):
    campaign, run, _ = twice
    table_run = TableRun.objects.filter(phase_run__run=run).first()
    RowDraft.objects.create(project=campaign.project, campaign=campaign, table_run=table_run,
                            table_name="planes", row_key="pla09", kind="invalid", payload={})  # fmt: skip
    moment = RowChange.objects.order_by("-created_at").first().created_at
    job = make(Job, campaign.project, kind="world.run")
    GenerationRun.objects.filter(pk=run.pk).update(state="running", job=job)
    with pytest.raises(RunInProgress):
        undo(run)
    GenerationRun.objects.filter(pk=run.pk).update(state="completed")
    undo(run)
    assert not RowDraft.objects.exists()
    found = comparing.between(campaign, moment, None)
    assert (set(found.changed) >= {"deities"}, found.added, found.dropped) == (True, {}, {})
    before, after = found.changed["deities"]["dei01"]["description"]
    assert before != after
    assert comparing.between(campaign, run.created_at, None).count == 0  # there and back
    with pytest.raises(AlreadyRolledBack):
        undo(run)


def test_the_queries_of_a_rollback_do_not_grow_with_its_rows(project):
    counts = {}
    for size in ("small", "standard"):
        campaign = new_campaign(project, name=size, size=size)
        run = a_run(campaign, "1A", "1B", "1C")
        rows = sum(len(rows) for rows in contents(campaign).values())
        with CaptureQueriesContext(connection) as captured:
            undo(run)
        counts[size] = rows, len(captured)
    assert counts["standard"][0] > 1.5 * counts["small"][0]
    assert counts["standard"][1] <= counts["small"][1] + 2, counts


def test_what_code_completes_keeps_its_history_and_its_source(campaign):
    """Neighbors made mutual and late references are part of what a rollback undoes."""
    first = new_run(campaign)
    write_phase(campaign, "1A", Writer(source="rules", table_run=first))
    regions = load(campaign).rows("geography_regions")
    lonely = next(k for k in sorted(regions) if regions[k]["adjacent_regions"])
    other = regions[lonely]["adjacent_regions"][0]
    save_rows(campaign, "geography_regions",
              Checked(rows=[{**regions[other], "adjacent_regions": []}]),
              writer=Writer(source="rules", table_run=first))  # fmt: skip
    before = fingerprint.of_world(campaign)
    second = new_run(campaign)
    derive(campaign, writer=Writer(source="derived", table_run=second))
    row = load(campaign).tables["geography_regions"][other]
    assert lonely in row.values["adjacent_regions"]
    assert (row.state["source"], row.state["revision"]) == ("rules", 3)
    undo(second.phase_run.run)
    assert fingerprint.of_world(campaign) == before


def test_old_names_come_back_also_where_rows_changed_names_with_each_other(campaign):
    first = new_run(campaign)
    writer = Writer(source="rules", table_run=first)
    write_phase(campaign, "1A", writer)
    rows = load(campaign).rows("planes")
    before = fingerprint.of_world(campaign)
    second = replace(writer, table_run=new_run(campaign))
    one, other = rows["pla01"]["name"], rows["pla02"]["name"]
    swapped = [{**rows["pla01"], "name": other}, {**rows["pla02"], "name": one}]
    assert save_rows(campaign, "planes", Checked(rows=swapped), writer=second).changed == [
        "pla01",
        "pla02",
    ]
    undo(second.table_run.phase_run.run)
    assert fingerprint.of_world(campaign) == before


def test_lines_that_a_run_took_off_the_roster_are_listed_again(campaign):
    a_run(campaign, "1A")
    make(
        RosterLine, campaign.project, campaign=campaign, table_name="planes", code="pla09",
        name="The Lost", is_dropped=False, is_edited=False,
    )  # fmt: skip
    before = lines(campaign)
    run = new_run(campaign)
    assert drop_lines_without_rows(campaign, table_run=run) == 1
    assert RosterLine.objects.get(campaign=campaign, code="pla09").is_dropped
    undo(run.phase_run.run)
    assert lines(campaign) == before


def test_stubs_and_given_up_rows_leave_the_roster_as_it_was(whole):
    building = load(whole, ["buildings"]).rows("buildings")["bld01"]
    draft = make(
        RowDraft, whole.project, campaign=whole, table_name="buildings", row_key="bld90", kind="invalid",
        table_run=new_run(whole),
        payload={**building, "code": "bld90", "name": "The Far Inn", "location": "Nowhere Bay"},
        issues=[{"table": "buildings", "row": "bld90", "field": "location", "code": "reference",
                 "message": "No such row.", "candidates": []}],
    )  # fmt: skip
    before = lines(whole)
    run = new_run(whole)
    part = Part(step="settle", phase="2B", table="buildings", drafts=[str(draft.pk)])
    settled = settle(load(whole), part, run)
    assert settled["stubs"]
    assert lines(whole) != before
    undo(run.phase_run.run)
    assert lines(whole) == before
