"""A whole world through real jobs: nothing missing, nothing dangling, the same again for the same seed."""

from __future__ import annotations

import pytest

from storyforge.jobs import trees
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from worldgen import phases, rules
from worldgen.checking.cited import coverage
from worldgen.errors import RunInProgress
from worldgen.exchange.world_json import load_and_export
from worldgen.generations import world_run
from worldgen.headless import (
    PARTY,
    UnreadableParty,
    WorldFailed,
    make_world,
    wait_for_world,
    write_world,
)
from worldgen.models import Campaign, FactCitation, GenerationRun, PCFact, RowDraft, TableRun
from worldgen.planning.plan import Order
from worldgen.rosters import RosterRefused
from worldgen.rows import load
from worldgen.tests.whole import new_campaign, short_of


@pytest.fixture
def campaign(project):
    return new_campaign(project)


def start(campaign, **fields):
    owner = campaign.project.owner
    return create_job("world.run", project=campaign.project, actor=owner, target_type="campaign",
                      target_id=campaign.pk, writer="rules", **fields)  # fmt: skip


def reload(job):
    return Job.objects.get(pk=job.pk)


def content(campaign):
    document = load_and_export(campaign)
    return {name: document[name] for name in ("roster", "tables")}


def test_a_world_is_whole_and_a_second_run_changes_no_row(campaign, work):
    facts = list(PCFact.objects.values_list("code", "text"))
    job = start(campaign)
    work()
    job = reload(job)
    assert (job.state, job.error) == ("completed", None)
    assert [f for f in job.result["findings"] if not f.startswith("W15")] == []  # W15 only flags
    assert job.result["refused"] == {}
    standing = load(campaign).tables  # rows inside quests and encounters and derived ones count too
    assert job.result["rows"] == {table: len(standing[table]) for table in phases.tables()}
    assert not RowDraft.objects.exists()
    assert not coverage(load(campaign)).missing
    assert short_of(campaign) == {}
    cites = set(FactCitation.objects.values_list("table_name", flat=True))
    assert cites <= {"entities", "locations", "items", "quest_hooks"}  # not where an item lies
    keys = set(job.units.values_list("unit_key", flat=True))
    assert {f"{phases.phase_of(table).code} rows {table}" for table in phases.tables()} < keys
    assert GenerationRun.objects.get(job=job).state == "completed"
    written = TableRun.objects.filter(kind__in=("detail", "relations"))
    assert set(written.values_list("table_name", flat=True)) == set(phases.tables())
    assert all(len(run.input_hash) == 64 for run in written)
    assert list(PCFact.objects.values_list("code", "text")) == facts  # people's own stay
    before = content(campaign)
    again = start(campaign)
    work()
    assert reload(again).status == "completed"
    assert content(campaign) == before
    made = [unit.result["new"] for unit in again.units.all() if unit.input["step"] == "rows"]
    assert sum(made) == 0


def test_a_part_that_fails_is_all_that_is_done_again(campaign, work, monkeypatch):
    write = rules.write_rows

    def break_down(table, codes, brief):
        if table == "deities":
            raise RosterRefused
        return write(table, codes, brief)

    monkeypatch.setattr(rules, "write_rows", break_down)
    job = start(campaign)
    work()
    assert reload(job).error["error_code"] == "world_part_failed"
    monkeypatch.undo()
    again = start(campaign, retry_of=job)
    work()
    assert reload(again).status == "completed"
    assert not set(again.units.values_list("unit_key", flat=True)) & set(
        job.units.filter(status="completed").values_list("unit_key", flat=True)
    )


def test_whoever_may_not_generate_any_more_makes_no_world(campaign, work):
    job = start(campaign)
    campaign.project.memberships.update(role="viewer")
    work()
    assert reload(job).error["error_code"] == "permission_revoked"
    assert not RowDraft.objects.exists()


@pytest.fixture
def short(monkeypatch):
    """The calendars are the whole world."""
    monkeypatch.setattr(
        world_run, "order_of", lambda *_: Order(tables=frozenset(["calendar_systems"]))
    )


@pytest.mark.usefixtures("short")
def test_a_campaign_has_one_unfinished_run_and_a_dead_one_does_not_block(campaign, work):
    first = start(campaign)
    with pytest.raises(RunInProgress):
        start(campaign)
    assert GenerationRun.objects.get(job=first).state == "queued"
    work()
    assert GenerationRun.objects.get(job=first).state == "completed"
    second = start(campaign)
    assert trees.cancel(second)
    work()
    assert GenerationRun.objects.get(job=second).state == "canceled"
    third = start(campaign)
    work()
    assert reload(third).status == "completed"


def test_a_roster_that_breaks_the_locks_is_refused(campaign, work, monkeypatch):
    monkeypatch.setattr(
        rules,
        "write_roster",
        lambda phase, brief: {"planes": [{"code": "pla01", "name": "Mara", "line": "x"}]},
    )
    job = start(campaign)
    work()
    failed = job.units.get(status="failed")
    assert failed.error["error_code"] == "roster_refused"
    assert "Mara" not in failed.error["message"]


def test_the_same_seed_makes_the_same_files(project, work, tmp_path):
    texts = []
    for name in ("first", "second"):
        own = Project.start(project.owner, name=name)
        campaign, job = make_world(
            own, actor=own.owner, premise="The bells of a coast.", size="small", random_seed=5
        )
        work()
        wait_for_world(job, show=lambda job: None, seconds=1)
        lines = write_world(campaign, job, tmp_path / name)
        assert lines[0].endswith("0 refused")
        texts.append([(tmp_path / name / f"world.{kind}").read_text() for kind in ("json", "md")])
    assert texts[0] == texts[1]
    document = texts[0][1]
    assert all(pc["name"] in document for pc in PARTY)
    assert "['" not in document


@pytest.mark.parametrize("told", [{}, {"name": "A", "age": 3}, {"name": "A", "level": 99}])
def test_a_party_that_cannot_be_read_is_refused_whole(project, told):
    with pytest.raises(UnreadableParty) as refused:
        make_world(project, actor=project.owner, premise="A coast.", party=[told])
    assert refused.value.code == "unreadable_party"
    assert not Campaign.objects.exists()


def test_a_world_that_fails_says_why(project, work, monkeypatch):
    def break_down(table, codes, brief):
        raise RosterRefused

    monkeypatch.setattr(rules, "write_rows", break_down)
    _, job = make_world(project, actor=project.owner, premise="A coast.", size="small")
    work()
    with pytest.raises(WorldFailed, match="could not be written") as told:
        wait_for_world(job, show=lambda job: None, seconds=1)
    assert told.value.code == "world_failed"
