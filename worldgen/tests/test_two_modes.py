"""Nine phases and three groups are two ways to the same rows: each goes on with what the other made."""

from __future__ import annotations

import pytest

from worldgen import phases
from worldgen.keeping import fingerprint
from worldgen.models import Campaign, GenerationRun
from worldgen.rows import load
from worldgen.tests.whole import new_campaign

pytestmark = pytest.mark.django_db
EARLY = ["1A", "1B", "1C"]  # the first of the three groups


def rows(campaign):
    world = load(campaign)
    return {table: world.rows(table) for table in phases.tables() if world.rows(table)}


@pytest.mark.parametrize(("one", "other"), [("nine", "three"), ("three", "nine")])
def test_each_mode_reads_restarts_and_rolls_back_what_the_other_made(
    bob, finish, project, one, other
):
    campaign = new_campaign(project, phase_mode=one)
    base = f"/api/v1/campaigns/{campaign.pk}"
    wish = {"mode": "phase", "phases": EARLY}
    first = finish(bob.post(f"{base}/runs", wish, format="json"))
    made, state = rows(campaign), fingerprint.of_world(campaign)
    assert set(made) == {table for code in EARLY for table in phases.by_code(code).tables}

    Campaign.objects.filter(pk=campaign.pk).update(phase_mode=other)
    milestones = bob.get(f"{base}/phases").json()
    done = [line["phase"] for line in milestones if line["state"] == "done"]
    assert (len(milestones), done) == ((3, ["1"]) if other == "three" else (9, EARLY))
    assert bob.get(f"{base}/tables/races").json()["count"] == len(made["races"])

    again = finish(bob.post(f"{base}/phases/1B/restart"))
    assert rows(campaign)["races"] != made["races"]
    assert {t: set(r) for t, r in rows(campaign).items()} == {t: set(r) for t, r in made.items()}
    for job, left in ((again, state), (first, None)):
        run = GenerationRun.objects.get(job=job)
        finish(bob.post(f"/api/v1/runs/{run.pk}/rollback"))
        assert left is None or fingerprint.of_world(campaign) == left
    assert rows(campaign) == {}

    finish(bob.post(f"{base}/runs", wish, format="json"))
    assert rows(campaign) == made  # the same random seed, the other mode
