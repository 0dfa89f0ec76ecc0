"""How long a world takes by the plan alone, at 50 tokens a second: the real plan, calls that only take time."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from worldgen import phases
from worldgen.planning.plan import Order, Sight
from worldgen.planning.simulate import simulate
from worldgen.rules import rows_wanted

RATE = 50.0


def blank(size="standard", party=4, **order):
    """A campaign of which nothing is there yet."""
    counts = {table: rows_wanted(table, size, party) for table in phases.tables()}
    return Sight(
        order=Order(writer="model", **order),
        counts=counts,
        untold=[uuid4() for _ in range(party)],
    )


def test_a_run_takes_little_longer_than_its_longest_chain_or_its_work_allows():
    run = simulate(blank(), rate=RATE)
    chain = simulate(blank(parallel=10_000), rate=RATE).seconds
    bound = max(chain, run.work / 16)
    assert figures(run, chain)["ratio"] <= 1.25
    assert run.seconds <= 1.25 * bound
    assert run.seconds <= 5 * 60


def figures(run, chain):
    return {
        "calls": len(run.calls),
        "minutes": round(run.seconds / 60, 2),
        "longest_chain_minutes": round(chain / 60, 2),
        "work_by_16_minutes": round(run.work / 16 / 60, 2),
        "ratio": round(run.seconds / max(chain, run.work / 16), 3),
        "rosters_ready_s": round(run.rosters_ready(), 1),
        "detail_span_s": {p.code: round(run.detail_span(p.code), 1) for p in phases.PHASES},
    }


@pytest.mark.parametrize("phase", [p.code for p in phases.PHASES])
def test_the_details_of_a_phase_are_close_together(phase):
    run = simulate(blank(), rate=RATE)
    assert run.detail_span(phase) <= (120 if phase == "3C" else 90)


@pytest.mark.parametrize(("parallel", "minutes"), [(8, 10), (16, 5)])
def test_the_standard_world_keeps_its_time(parallel, minutes):
    assert simulate(blank(parallel=parallel), rate=RATE).seconds < minutes * 60


def test_calls_of_twenty_seconds_keep_below_ten_minutes():
    assert simulate(blank(), rate=RATE, call_seconds=20.0).seconds < 600


def test_three_groups_take_longer_and_make_the_same_rows():
    nine, three = (simulate(blank(mode=mode), rate=RATE) for mode in ("nine", "three"))
    assert three.seconds > nine.seconds
    rows = [sorted((d.part.table, d.part.codes or []) for d in run.done if d.part.step == "rows")
            for run in (nine, three)]  # fmt: skip
    assert (
        {table for table, _ in rows[0]} == {table for table, _ in rows[1]} == set(phases.tables())
    )


@pytest.mark.parametrize("size", ["small", "standard"])
def test_few_calls_at_once_ask_for_the_same_as_many(size):
    """Also relations, whose chunks are cut before all of them have a place, and every backstory."""
    told = blank(size, party=6)
    asked = [
        sorted((d.part.key, d.part.codes or []) for d in run.done)
        for run in (simulate(told, rate=RATE, parallel=n) for n in (3, 16, 10_000))
    ]
    assert asked[0] == asked[1] == asked[2]
    assert sum(key.startswith("facts") for key, _ in asked[0]) == 6


def test_the_plan_never_has_more_than_it_may_unfinished():
    run = simulate(replace(blank(), order=Order(writer="model", parallel=5)), rate=RATE)
    marks = sorted([(d.began, 1) for d in run.done] + [(d.ended, -1) for d in run.done])
    living = most = 0
    for _, change in sorted(marks, key=lambda mark: (mark[0], mark[1])):
        living += change
        most = max(most, living)
    assert most == 5
