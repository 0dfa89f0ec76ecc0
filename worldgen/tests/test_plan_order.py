"""The same world in whatever order the parts of a run end, and the same as without any run."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

import pytest

from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.runner import run
from storyforge.jobs.runs import UnitSeen
from storyforge.projects.models import Project
from worldgen.answers.resolving import phases_table
from worldgen.exchange.world_json import load_and_export
from worldgen.planning.follow import FACTS
from worldgen.planning.part import Part
from worldgen.planning.plan import decide
from worldgen.planning.simulate import simulate
from worldgen.rows import load
from worldgen.tests.test_makespan import blank
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


def seen(part, **result):
    """A unit that has done its part."""
    return UnitSeen(key=part.key, kind=FACTS if part.pc else "", status="completed",
                    input=part.model_dump(mode="json"), result=result, error=None, attempt=1)  # fmt: skip


def test_a_line_that_nobody_has_written_is_asked_for_but_not_what_code_adds_at_the_end():
    sight = blank(size="small")
    parts = [done.part for done in simulate(sight, rate=50.0).done]
    lines = defaultdict(list)
    for code in [code for part in parts if part.step == "roster" for code in part.codes]:
        lines[phases_table(code)].append(code)
    lines["quest_hooks"].append("qst99")
    units = [seen(part, fill=True) for part in parts]
    sight = replace(sight, units=units, lines=lines, untold=[])
    assert [part.codes for part in decide(sight).parts if part.step == "rows"] == [["qst99"]]
    filled = replace(sight, units=[*units, seen(Part(step="fill", writer="rules"))])
    assert [part.key for part in decide(filled).parts] == ["checks round 1"]
