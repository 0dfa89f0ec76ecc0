"""How many queries a world takes, by table and by phase: kept in query_counts.json, none for a row.

`UPDATE_QUERY_COUNTS=1` writes the file anew; a look at the difference belongs to it.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storyforge.jobs.due import next_due
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from worldgen import phases, rules
from worldgen.answers.derive import derive
from worldgen.checking.checks import run_checks
from worldgen.keeping.save import Writer
from worldgen.prompting.briefs import brief_of
from worldgen.rosters import save_roster
from worldgen.rows import load
from worldgen.tests.model_worlds import start, use_model
from worldgen.tests.whole import asked, by_rules, new_campaign, short_of, write_table

pytestmark = pytest.mark.django_db
BASELINE = Path(__file__).parent / "query_counts.json"
MOST_A_TABLE, MOST_A_PHASE, MOST_A_JOB = 25, 70, 50
#: Statements for sorts of things that only the larger world has; a query for a row would be dozens.
SLACK = 5


def counted(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return asked(captured)


def counts_of(campaign):
    """Queries of saving each table, and of what follows from a phase with its checks."""
    writer, found = by_rules(campaign), {}
    derives = Writer(source="derived", table_run=writer.table_run)
    for phase in phases.PHASES:
        if phase.has_roster:
            save_roster(campaign, rules.write_roster(phase.code, brief_of(load(campaign))))
        for table in sorted(phase.tables, key=phases.levels().get):
            write_table(campaign, table, writer=writer, counts=found)
        found[f"{phase.code} derive and checks"] = counted(
            lambda: (derive(campaign, writer=derives), run_checks(load(campaign)))
        )
    return found


def units_of(campaign, writer):
    """The most queries of a job of each sort, from its claim to its end, in a run that writes a phase anew."""
    job = start(campaign, writer=writer, mode="phase", phases=["2A"])
    found = defaultdict(int)
    while (due := next_due()) is not None:
        sort = "planning" if due.pk == job.pk else due.input["step"]
        name = f"job by {writer}: {sort}"
        found[name] = max(found[name], counted(lambda due=due: run(due)))
    assert Job.objects.get(pk=job.pk).state == "completed"
    return dict(found)


def test_a_world_takes_the_queries_of_its_baseline_and_none_for_a_row(project, settings):
    use_model(settings, seed=3)
    campaign = new_campaign(project)
    small = counts_of(campaign) | units_of(campaign, "rules") | units_of(campaign, "model")
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(small, indent=1) + "\n", encoding="utf-8")
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    jobs = {
        name for name in known if name.startswith("job")
    }  # they find more in caches after others
    assert {n: c for n, c in small.items() if n in jobs and c > known[n]} == {}
    assert {**small, **{n: known[n] for n in jobs}} == known
    for name, count in small.items():
        # Rows inside rows are tables of their own, written with the same call.
        parts = 1 + len(phases.tables()[name].inline) if name in phases.tables() else 0
        most = MOST_A_JOB if name.startswith("job") else MOST_A_TABLE * parts or MOST_A_PHASE
        assert count <= most, name
    standard = new_campaign(project, name="Larger", size="standard")
    larger = counts_of(standard)
    assert short_of(standard) == {}
    larger |= units_of(standard, "rules") | units_of(standard, "model")
    written = {name: count for name, count in larger.items() if small[name]}  # sizes leave some out
    assert {n: (small[n], c) for n, c in written.items() if c > small[n] + SLACK} == {}
