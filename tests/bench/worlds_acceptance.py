"""Hundreds of worlds by a model that errs: what is left wrong in them. `make worlds-acceptance`.

All checks count: W01 to W16 and the rules across rows, X01 and on; W15 only flags.

SEEDS worlds from FIRST on, every EVERY-th of standard size, the others small, with parties of three to six.
Writes the sums to OUT as they come.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction

from storyforge.projects.models import Project
from tests.make import make
from tests.scripted_model.in_process import WorldText
from tests.scripted_model.worlds import CALL_FAULTS, ROW_FAULTS
from worldgen.checking.checks import run_checks
from worldgen.checking.cited import coverage
from worldgen.models import Campaign, PlayerCharacter
from worldgen.planning.follow import part_of
from worldgen.rows import load
from worldgen.tests.lean import LeanRun

SEEDS, FIRST = int(os.environ.get("SEEDS", "200")), int(os.environ.get("FIRST", "1"))
EVERY = int(os.environ.get("EVERY", "10"))
OUT = Path(os.environ.get("OUT", "out/worlds-acceptance.json"))
NAMES = ("Mara Tern", "Bren Ashgrove", "Isold", "Kerr of the Sluice", "Odile", "Tam Rook", "Wenna")
DEEDS = (
    "{who} swore to find the sister Joss, who walked into the flats with a lantern.",
    "{who} owes the ferryman Old Pell a life.",
    "{who} stole the bell of Saint Ostra from the abbey.",
    "{who} was raised by the smuggler Crake in Low Varrow.",
    "{who} killed Captain Dorn at the Sluice Gate.",
    "{who} never told anyone that Lord Vale is the father.",
    "{who} hopes to return the ledger of Harrow Keep.",
    "{who} fled from the fire at Greywater.",
)


def new_campaign(project, seed):
    """A campaign with a party of three to six, each with one to four facts to come."""
    dice = random.Random(seed)  # noqa: S311
    size = "standard" if seed % EVERY == 0 else "small"
    campaign = make(Campaign, project, name=f"World {seed}", premise="A coast of drowned bells.",
                    size=size, random_seed=seed)  # fmt: skip
    for number, name in enumerate(dice.sample(NAMES, dice.randint(3, 6)), 1):
        deeds = dice.sample(DEEDS, dice.randint(1, 4))
        make(PlayerCharacter, project, campaign=campaign, code=f"pc{number}", name=name, goals=[],
             bonds=[], backstory=" ".join(d.format(who=name) for d in deeds))  # fmt: skip
    return campaign


def measure(project, seed):
    """Make one world; its figures. Nothing of it stays in the database."""
    began = time.process_time()
    provider = WorldText(seed=seed, faults={**CALL_FAULTS, **ROW_FAULTS})
    with transaction.atomic():
        campaign = new_campaign(Project.start(project.owner, name=f"Project {seed}"), seed)
        run = LeanRun(campaign, provider, seed=seed).run()
        found = Counter(figures(campaign, run))
        transaction.set_rollback(True)
    found.update(calls=len(provider.history), spoiled=provider.world.spoiled,
                 written=provider.world.good + provider.world.spoiled, worlds=1,
                 cpu_seconds=round(time.process_time() - began, 1))  # fmt: skip
    return found


def figures(campaign, run):
    """What is left wrong, and how many rows stand of those that were to be written."""
    world = load(campaign)
    seen, findings = coverage(world), run_checks(world)
    wrong = [f for f in findings if f.code != "W15"]
    if wrong:
        print(campaign.name, [(f.code, f.table, f.row, f.message) for f in wrong[:5]])
    must = [fact.code for fact in world.facts if fact.must_use]
    steps = Counter(part_of(unit).step for unit in run.units.values())
    results = [(part_of(unit), unit.result or {}) for unit in run.units.values()]
    return {
        "findings": len(wrong),
        "findings_across_rows": sum(f.code.startswith("X") for f in wrong),
        "findings_before_mending": sum(
            r.get("findings", 0) for p, r in results if p.step == "checks" and not p.round
        ),
        "dangling": sum(f.code == "W01" for f in findings),
        "orphans": sum(f.code == "W02" for f in findings),
        "facts": len(must),
        "facts_uncited": sum(not seen.facts[code] for code in must),
        "party_lacks": len(seen.missing),
        "rows": sum(len(rows) for rows in world.tables.values()),
        "taken": sum(r.get("valid", 0) for p, r in results if p.step in ("rows", "repair")),
        "nulled": sum(len(r.get("nulled", ())) for _, r in results),
        "stubs": sum(len(r.get("stubs", ())) for _, r in results),
        "lost": sum(len(r.get("dropped", ())) for _, r in results)
        + sum(len(r.get("missing", ())) for p, r in results if p.step == "rows" and p.round >= 2),
        "added_by_rule": sum(r.get("added", 0) for _, r in results),
        **{f"parts_{step}": count for step, count in steps.items()},
    }


@pytest.mark.django_db
def test_worlds_that_a_faulty_model_writes_are_whole(project):
    total: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + SEEDS):
        total.update(measure(project, seed))
        share = total["taken"] / (total["taken"] + total["nulled"] + total["lost"])
        OUT.parent.mkdir(parents=True, exist_ok=True)
        told = {**total, "valid_after_repairs": round(share, 4), "last_seed": seed}
        OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    wrong = ("findings", "dangling", "orphans", "facts_uncited", "party_lacks")
    assert {name: total[name] for name in wrong if total[name]} == {}
    assert share >= 0.97
