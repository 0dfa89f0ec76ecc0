"""Runs from acceptance to their end, restarts, stale rows: what is written, what stays, what is told."""

from __future__ import annotations

import random

import pytest

from storyforge.jobs import trees
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from worldgen import phases
from worldgen.answers.validator import Checked
from worldgen.errors import NotDropped, NothingToDo, PhaseNeedsMissing
from worldgen.generations import world_run
from worldgen.keeping import comparing, fingerprint, stale
from worldgen.keeping.rollback import roll_back
from worldgen.keeping.save import Writer, save_rows
from worldgen.models import (
    Culture,
    Deity,
    Faction,
    GenerationRun,
    Pantheon,
    PhaseRun,
    RosterLine,
    RowDraft,
    TableRun,
)
from worldgen.rows import load
from worldgen.tests.whole import new_campaign

pytestmark = pytest.mark.django_db
EARLY = ["1A", "1B", "1C"]


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def start(campaign, **wish):
    return create_job("world.run", project=campaign.project, actor=campaign.project.owner,
                      target_type="campaign", target_id=campaign.pk, writer="rules",
                      payload=wish)  # fmt: skip


def make(campaign, work, **wish):
    """A run to its end."""
    job = start(campaign, **wish)
    work()
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.error) == ("completed", None)
    return GenerationRun.objects.get(job=job)


@pytest.fixture
def early(campaign, work):
    """A campaign whose first three phases are written."""
    make(campaign, work, mode="phase", phases=EARLY)
    return campaign


def rows(campaign):
    world = load(campaign)
    return {table: world.rows(table) for table in phases.tables() if world.rows(table)}


def ids(model):
    return dict(model.objects.values_list("code", "pk"))


def edit(campaign, table, key, **values):
    row = load(campaign, [table]).rows(table)[key]
    person = Writer(source="edited", actor_id=campaign.project.owner_id)
    assert save_rows(campaign, table, Checked(rows=[{**row, **values}]), writer=person).changed


def test_a_run_of_some_phases_writes_them_and_moves_its_rows_with_its_jobs(campaign, work):
    job = start(campaign, mode="phase", phases=EARLY)
    made = GenerationRun.objects.get(job=job)
    assert (made.state, made.started_at, made.mode) == ("queued", None, "phase")
    assert run(Job.objects.get(pk=job.pk))
    made.refresh_from_db()
    assert (made.state, made.started_at is None) == ("running", False)
    assert Job.objects.get(pk=job.pk).pause()
    made.refresh_from_db()
    assert made.state == "paused"
    work()
    assert not load(campaign).rows("factions")
    assert Job.objects.get(pk=job.pk).resume()
    made.refresh_from_db()
    assert made.state == "running"
    work()
    made.refresh_from_db()
    assert (made.state, made.finished_at is None) == ("completed", False)
    assert set(rows(campaign)) == {t for code in EARLY for t in phases.by_code(code).tables}
    attempts = PhaseRun.objects.exclude(phase="").order_by("phase")
    found = list(attempts.values_list("phase", "attempt", "state", "percent"))
    assert found == [(code, 1, "done", 100) for code in EARLY]
    assert set(TableRun.objects.values_list("state", flat=True)) == {"ok"}
    assert stale.refresh(campaign) == 0


def test_a_phase_that_needs_rows_which_are_not_there_is_refused_with_their_names(campaign):
    with pytest.raises(PhaseNeedsMissing) as refused:
        start(campaign, mode="phase", phases=["2B"])
    assert refused.value.code == "phase_needs_missing"
    assert {"geography_regions"} <= set(refused.value.members["missing"])
    assert not Job.objects.exists()
    assert not GenerationRun.objects.exists()


def test_a_run_that_fails_says_so_with_the_part_that_failed(campaign, work, monkeypatch):
    def break_down(table, codes, brief):
        raise PhaseNeedsMissing([table])

    monkeypatch.setattr("worldgen.rules.write_rows", break_down)
    job = start(campaign, mode="table", tables=["calendar_systems"])
    work()
    assert GenerationRun.objects.get(job=job).state == "failed"
    failed = TableRun.objects.get(state="failed")
    assert (failed.table_name, failed.error_code) == ("calendar_systems", "phase_needs_missing")
    assert PhaseRun.objects.get(phase="1A").state == "failed"


def test_a_canceled_run_keeps_the_rows_that_are_there(campaign, work):
    job = start(campaign, mode="phase", phases=["1A"])
    assert run(Job.objects.get(pk=job.pk))
    assert trees.cancel(Job.objects.get(pk=job.pk))
    work()
    assert GenerationRun.objects.get(job=job).state == "canceled"
    make(campaign, work, mode="phase", phases=["1A"])


def test_a_restart_writes_the_phase_anew_and_leaves_what_people_made(early, work):
    edit(early, "deities", "dei01", description="She keeps the bells, and does not ring them.")
    Culture.objects.filter(code="cul01").update(is_locked=True)
    Pantheon.objects.filter(code="pan01").update(is_locked=True)
    before, keys = rows(early), {m: ids(m) for m in (Deity, Culture, Faction)}
    state = fingerprint.of_world(early)
    again = make(early, work, mode="phase", phases=["1C"])
    after = rows(early)
    assert {m: ids(m) for m in keys} == keys
    assert PhaseRun.objects.get(run=again, phase="1C").attempt == 2
    assert after["deities"]["dei01"] == before["deities"]["dei01"]
    assert after["cultures"]["cul01"] == before["cultures"]["cul01"]
    assert after["factions"] != before["factions"]
    candidates = set(RowDraft.objects.filter(kind="candidate").values_list("row_key", flat=True))
    assert candidates == {"dei01", "cul01", "pan01"}
    assert {
        name for t in after for k in after[t] if after[t][k] != before[t][k] for name in [t]
    } <= {*phases.by_code("1C").tables}
    revisions = dict(Faction.objects.values_list("code", "revision"))
    unchanged = [k for k in after["factions"] if after["factions"][k] == before["factions"][k]]
    assert all(revisions[key] == 1 for key in unchanged)
    changed = comparing.of_runs(again).changed["factions"]
    assert {key: set(fields) for key, fields in changed.items()} == {
        k: {n for n, v in row.items() if v != before["factions"][k][n]}
        for k, row in after["factions"].items()
        if row != before["factions"][k]
    }
    roll_back(again, actor_id=early.project.owner_id)
    assert rows(early) == before
    assert fingerprint.of_world(early) == state
    third = make(early, work)  # what is missing, and nothing else
    assert {t: rows(early)[t] for t in before} == before
    assert third.mode == "full"


def test_what_was_made_from_a_changed_row_is_stale_and_can_be_refreshed_or_accepted(early, work):
    home = next(row["origin_region"] for row in rows(early)["races"].values())
    edit(early, "geography_regions", home, summary="The coast, since the last storm.")
    users = [
        (table, key)
        for table, found in load(early).tables.items()
        for key, row in found.items()
        if row.state["is_stale"]
    ]
    assert "races" in {table for table, _ in users}
    world = load(early)
    named = {
        (table, key)
        for table, found in world.tables.items()
        for key, row in found.items()
        if home in str(row.values) and table != "geography_regions"
    }
    assert set(users) - {(t, k) for t, k in users if t == "geography_regions"} == named
    why = stale.reasons(early)
    assert all(codes == [home] for found in why.values() for codes in found.values())
    before = fingerprint.of_world(early)
    assert stale.refresh(early) == len(users)
    assert fingerprint.of_world(early) == before
    kept = [key for table, key in users if table == "races"]
    assert stale.accept(early, {"races": kept}) == len(kept)
    assert stale.refresh(early) == len(users) - len(kept)
    again = make(early, work, only_stale=True)
    assert stale.refresh(early) == 0
    written = TableRun.objects.filter(phase_run__run=again, kind="detail")
    assert set(written.values_list("table_name", flat=True)) == {t for t, _ in users} - {"races"}
    with pytest.raises(NothingToDo):
        start(early, only_stale=True)


def test_new_wishes_make_everything_stale_but_what_people_wrote(early):
    edit(early, "deities", "dei01", description="She keeps the bells, and does not ring them.")
    early.premise = "A desert that remembers the sea."
    early.save(update_fields=["premise"])
    count = sum(map(len, rows(early).values()))
    assert stale.refresh(early) == count - 1
    early.premise = "A coast where the sea gives back."
    early.save(update_fields=["premise"])
    assert stale.refresh(early) == 0


def test_rows_that_a_new_roster_drops_stay_until_a_person_removes_them(early, work):
    RosterLine.objects.filter(code="fac02").update(is_edited=True, name="The Long Quay")
    extra = load(early).rows("factions")["fac01"]
    person = Writer(source="rules", table_run=TableRun.objects.first())
    added = {**extra, "code": "fac40", "name": "The Ninth Bell"}
    assert save_rows(early, "factions", Checked(rows=[added]), writer=person).created
    before = rows(early)
    again = make(early, work, mode="phase", phases=["1C"], keep_roster=False)
    assert set(rows(early)["factions"]) == set(before["factions"])
    assert RosterLine.objects.get(code="fac02").name == "The Long Quay"
    assert Faction.objects.get(code="fac40").is_stale
    assert "roster" in stale.reasons(early)["factions"]["fac40"]
    with pytest.raises(NotDropped):
        stale.remove_dropped(early, [("factions", "fac01")], actor_id=None)
    going = stale.dropped(load(early))
    assert set(going) == {("factions", "fac40")}
    assert stale.remove_dropped(early, list(going), actor_id=early.project.owner_id) == 1
    assert not Faction.objects.filter(code="fac40").exists()
    assert again.state == "completed"


def test_one_row_is_written_anew_and_the_others_stay(early, work):
    before = rows(early)
    make(early, work, mode="row", rows={"factions": ["fac03"]})
    after = rows(early)
    changed = {(t, k) for t in after for k in after[t] if after[t][k] != before[t].get(k)}
    assert changed == {("factions", "fac03")}
    make(early, work, mode="full", phases=EARLY)
    assert {t: rows(early)[t] for t in before} == after  # what stands is not drawn back


def test_the_same_seed_gives_the_same_world_in_whatever_order_parts_are_done(
    project, work, monkeypatch
):
    made = []
    for seed in (1, 2):
        campaign = new_campaign(project, name=f"World {seed}")
        dice, plan = random.Random(seed), world_run.decide  # noqa: S311

        def shuffled(sight, dice=dice, plan=plan):
            found = plan(sight)
            dice.shuffle(found.parts)
            found.parts = found.parts[: dice.randint(1, 3)]
            return found

        monkeypatch.setattr(world_run, "decide", shuffled)
        make(campaign, work)
        monkeypatch.setattr(world_run, "decide", plan)
        made.append(rows(campaign))
    assert made[0] == made[1]
    again = make(campaign, work)
    assert rows(campaign) == made[1]
    assert comparing.of_runs(again).count == 0
    assert stale.refresh(campaign) == 0
