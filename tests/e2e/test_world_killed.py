"""Worker processes killed with kill -9 while they make a world: the world is the one of a run in peace."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import threading
from collections import Counter

import pytest

from conftest import make_user
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.scripted_model import KEY, Reply, ScriptedModel
from tests.scripted_model.worlds import WorldModel
from tests.worker_process import wait_for, workers
from worldgen.exchange.world_json import load_and_export
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import new_campaign

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: A model lists all rows and writes some tables of each sort; the rest by rules, at work beside its calls.
BY_MODEL = ("rosters", "planes", "entities", "locations", "quest_hooks", "entity_relationships",
            "entity_locations")  # fmt: skip
#: How the calls of each sort begin their task, and how many of them a small world takes at least.
SORTS = {
    "roster": ("List the rows of this phase", 8),
    "details": ("Write one row of ", 10),
    "relations": ("that start from the rows", 2),
}


class Model:
    """Answers as the model of worlds does, but for one call of each sort, which it lets hang."""

    def __init__(self, seed):
        self.world, self.lock, self.met = WorldModel(seed=11), threading.Lock(), Counter()
        self.dice = random.Random(seed)  # noqa: S311
        self.hangs = {sort: self.dice.randint(1, least) for sort, (_, least) in SORTS.items()}

    def __call__(self, asked):
        with self.lock:
            prompt = json.dumps(asked.body["messages"])
            sort = next((sort for sort, (words, _) in SORTS.items() if words in prompt), "")
            self.met[sort] += 1
            if self.met[sort] == self.hangs.get(sort):
                return Reply(name=f"hung {sort}", hang="headers")
            return Reply(text=self.world(asked).text)


@pytest.fixture
def model():
    with ScriptedModel(answer=Model(random.randrange(10_000))) as server:  # noqa: S311
        yield server


def content_hash(campaign):
    """One hash of all rows and roster lines, ids and times aside."""
    document = load_and_export(campaign)
    told = {name: document[name] for name in ("roster", "tables")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def test_workers_killed_during_calls_of_all_sorts_leave_the_world_of_a_run_in_peace(
    transactional_db, model, settings, tmp_path
):
    alice = make_user("alice")
    wish = {"writer": "rules", "writers": dict.fromkeys(BY_MODEL, "model")}
    plain = new_campaign(Project.start(alice, name="In peace"), random_seed=11)
    use_model(settings, seed=11)
    assert drive(start(plain, **wish)).state == "completed"
    campaign = new_campaign(Project.start(alice, name="Killed"), random_seed=11)
    job = start(campaign, **wish)
    told = {"AI_TEXT_BASE_URL": model.url, "AI_TEXT_API_KEY": KEY}
    with workers(tmp_path, threads=4, **told) as start_worker:
        while len(hung(model)) < len(SORTS):  # two may hang when one worker is killed
            worker = start_worker()
            wait_for(lambda: not all(call.outcome for call in hung(model)))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            wait_for(lambda: all(call.outcome for call in hung(model)))
        start_worker()  # this one sees it through
        wait_for(lambda: Job.objects.get(pk=job.pk).is_terminal)
    job.refresh_from_db()
    here = model.answer.hangs
    assert sorted(call.reply for call in hung(model)) == sorted(f"hung {sort}" for sort in SORTS)
    assert (job.state, job.error) == ("completed", None), here
    units = Job.objects.filter(parent=job)
    assert set(units.values_list("status", flat=True)) == {"completed"}
    lost = {unit.input["step"] for unit in units.filter(lost__gt=0)}
    assert lost >= {"roster", "rows"}, here  # they were killed at work
    assert content_hash(campaign) == content_hash(plain), here


def hung(model):
    """The calls that were let hang; each has an outcome once its worker is gone."""
    return [call for call in model.calls if call.reply.startswith("hung")]
