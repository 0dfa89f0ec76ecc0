"""Nine phases and three groups are two ways to the same rows: each goes on with what the other made."""

from __future__ import annotations

import os

import pytest

from worldgen import phases
from worldgen.checking.checks import run_checks
from worldgen.keeping import fingerprint
from worldgen.models import Campaign, GenerationRun
from worldgen.rows import load
from worldgen.runs.sight import counts_of
from worldgen.tests.model_worlds import use_model
from worldgen.tests.whole import new_campaign

pytestmark = pytest.mark.django_db
#: The first of the three groups, and each mode once; `make worlds-acceptance` takes all of them.
CODES, WAYS = ["1A", "1B", "1C"], [("nine", "three", "rules"), ("three", "nine", "model")]
if "WHOLE_WORLDS" in os.environ:
    CODES = [phase.code for phase in phases.PHASES]
    WAYS += [("nine", "three", "model"), ("three", "nine", "rules")]
GROUPS = sorted({phases.by_code(code).group for code in CODES})


def rows(campaign):
    world = load(campaign)
    return {table: world.rows(table) for table in phases.tables() if world.rows(table)}


@pytest.mark.parametrize(("one", "other", "writer"), WAYS)
def test_each_mode_reads_restarts_and_rolls_back_what_the_other_made(
    bob, finish, project, settings, one, other, writer
):
    provider = use_model(settings, seed=7)
    campaign = new_campaign(project, phase_mode=one)
    base = f"/api/v1/campaigns/{campaign.pk}"
    wish = {"mode": "phase", "phases": CODES, "writer": writer}
    first = finish(bob.post(f"{base}/runs", wish, format="json"))
    made, state = rows(campaign), fingerprint.of_world(campaign)
    wanted = counts_of(campaign, party=4)  # a small world has no minds of items
    tables = [table for code in CODES for table in phases.by_code(code).tables]
    assert set(made) == {table for table in tables if wanted[table]}

    Campaign.objects.filter(pk=campaign.pk).update(phase_mode=other)
    milestones = bob.get(f"{base}/phases").json()
    done = [line["phase"] for line in milestones if line["state"] == "done"]
    assert (len(milestones), done) == ((3, GROUPS) if other == "three" else (9, CODES))
    assert bob.get(f"{base}/tables/races").json()["count"] == len(made["races"])

    provider.world.seed = 8  # a model that has other ideas today
    again = finish(bob.post(f"{base}/phases/1B/restart", {"writer": writer}, format="json"))
    assert rows(campaign)["races"] != made["races"]
    assert {t: set(r) for t, r in rows(campaign).items()} == {t: set(r) for t, r in made.items()}
    assert not any(f.code == "W01" for f in run_checks(load(campaign)))
    for job, left in ((again, state), (first, None)):
        run = GenerationRun.objects.get(job=job)
        finish(bob.post(f"/api/v1/runs/{run.pk}/rollback"))
        assert left is None or fingerprint.of_world(campaign) == left
    assert rows(campaign) == {}

    assert bool(provider.history) == (writer == "model")
    if writer == "rules":
        finish(bob.post(f"{base}/runs", wish, format="json"))
        assert rows(campaign) == made  # the same random seed, the other mode
