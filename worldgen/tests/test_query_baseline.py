"""How many queries a world takes, by table and by phase: kept in query_counts.json, none for a row.

`UPDATE_QUERY_COUNTS=1` writes the file anew; a look at the difference belongs to it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from worldgen import phases, rules
from worldgen.answers.derive import derive
from worldgen.checking.checks import run_checks
from worldgen.keeping.save import Writer
from worldgen.prompting.briefs import brief_of
from worldgen.rosters import save_roster
from worldgen.rows import load
from worldgen.tests.whole import by_rules, new_campaign, short_of, write_table

pytestmark = pytest.mark.django_db
BASELINE = Path(__file__).parent / "query_counts.json"
MOST_A_TABLE, MOST_A_PHASE = 25, 70


def counted(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


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


def test_a_world_takes_the_queries_of_its_baseline_and_none_for_a_row(project):
    small = counts_of(new_campaign(project))
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(small, indent=1) + "\n", encoding="utf-8")
    assert small == json.loads(BASELINE.read_text(encoding="utf-8"))
    for name, count in small.items():
        # Rows inside rows are tables of their own, written with the same call.
        parts = 1 + len(phases.tables()[name].inline) if name in phases.tables() else 0
        assert count <= (MOST_A_TABLE * parts or MOST_A_PHASE), name
    standard = new_campaign(project, name="Larger", size="standard")
    larger = counts_of(standard)
    assert short_of(standard) == {}
    assert sum(larger.values()) <= 1.05 * sum(small.values()), larger
