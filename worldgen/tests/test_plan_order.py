"""The same world in whatever order the parts of a run end, and the same as without any run."""

from __future__ import annotations

import random

import pytest

from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from storyforge.projects.models import Project
from worldgen.exchange.world_json import load_and_export
from worldgen.rows import load
from worldgen.tests.whole import new_campaign, write_world


def content(campaign):
    document = load_and_export(campaign)
    return {name: document[name] for name in ("roster", "tables")}


def work_at_random(job, dice):
    """Do the units of a run one by one, always any of those that wait."""
    while not Job.objects.get(pk=job.pk).is_terminal:
        waiting = list(Job.objects.filter(parent=job, status="pending").order_by("unit_key"))
        if not waiting or dice.random() < 0.3:
            run(Job.objects.get(pk=job.pk))
        else:
            run(dice.choice(waiting))


@pytest.mark.parametrize("seed", [1, 2])
def test_units_in_any_order_make_the_world_that_the_rules_make_in_a_row(project, seed):
    plain = new_campaign(project, random_seed=11)
    write_world(plain)
    campaign = new_campaign(Project.start(project.owner, name="Again"), random_seed=11)
    job = create_job("world.run", project=campaign.project, actor=project.owner, writer="rules",
                     target_type="campaign", target_id=campaign.pk)  # fmt: skip
    work_at_random(job, random.Random(seed))  # noqa: S311
    assert Job.objects.get(pk=job.pk).state == "completed"
    assert content(campaign) == content(plain)
    assert len(load(campaign).tables["entities"]) >= 8
