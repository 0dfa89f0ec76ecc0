"""Worker processes killed with kill -9 while they make a world: the world is the one of a run in peace."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import threading

import pytest

from conftest import make_user
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.scripted_model import KEY, Reply, ScriptedModel
from tests.scripted_model.worlds import WorldModel
from tests.worker_process import wait_for, workers
from worldgen.exchange.world_json import load_and_export
from worldgen.tests.model_worlds import drive, start, use_model
from worldgen.tests.whole import new_campaign, write_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

KILLS = 2
CALL_SECONDS = 0.2  # so that calls are open when the worker is killed
UNITS = 50  # of the 62 of a small world: enough is left to be done after the last kill


@pytest.fixture
def start_worker(tmp_path):
    with workers(tmp_path, threads=3) as start:
        yield start


def content_hash(campaign):
    """One hash of all rows and roster lines, ids and times aside."""
    document = load_and_export(campaign)
    told = {name: document[name] for name in ("roster", "tables")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def test_killed_workers_leave_the_world_of_a_run_in_peace(transactional_db, start_worker):
    alice = make_user("alice")
    plain = new_campaign(Project.start(alice, name="In peace"), random_seed=11)
    write_world(plain)
    campaign = new_campaign(Project.start(alice, name="Killed"), random_seed=11)
    job = create_job("world.run", project=campaign.project, actor=alice, writer="rules",
                     target_type="campaign", target_id=campaign.pk)  # fmt: skip
    units = Job.objects.filter(parent=job)
    seed = random.randrange(10_000)  # noqa: S311
    points = sorted(random.Random(seed).sample(range(1, UNITS), KILLS))  # noqa: S311
    started = [start_worker() for _ in range(KILLS + 1)]  # the last one sees it through
    for worker, point in zip(started, points, strict=False):
        wait_for(lambda point=point: units.filter(status="completed").count() >= point)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    wait_for(lambda: Job.objects.get(pk=job.pk).is_terminal)
    job.refresh_from_db()
    assert (job.state, job.error) == ("completed", None), (seed, points)
    assert [worker.poll() for worker in started] == [-signal.SIGKILL] * KILLS + [None]
    assert set(units.values_list("status", flat=True)) == {"completed"}
    assert content_hash(campaign) == content_hash(plain), (seed, points)


@pytest.fixture
def model():
    world, one_at_a_time = WorldModel(seed=11), threading.Lock()

    def answer(asked):
        with one_at_a_time:
            text = world(asked).text
        return Reply(text=text, latency=CALL_SECONDS)

    with ScriptedModel(answer=answer) as server:
        yield server


def test_a_worker_killed_during_calls_leaves_the_phase_of_a_run_in_peace(
    transactional_db, model, settings, tmp_path
):
    alice = make_user("alice")
    wish = {"mode": "phase", "phases": ["1A"]}  # a whole world takes minutes; its calls are alike
    plain = new_campaign(Project.start(alice, name="In peace"), random_seed=11)
    use_model(settings, seed=11)
    assert drive(start(plain, **wish)).state == "completed"
    campaign = new_campaign(Project.start(alice, name="Killed"), random_seed=11)
    job = start(campaign, **wish)
    units = Job.objects.filter(parent=job)
    point = random.randrange(1, 8)  # noqa: S311
    told = {"AI_TEXT_BASE_URL": model.url, "AI_TEXT_API_KEY": KEY}
    with workers(tmp_path, threads=4, **told) as start_worker:
        first = start_worker()
        wait_for(
            lambda: (
                units.filter(status="completed").count() >= point
                and any(not call.outcome for call in model.calls)
            )
        )
        first.send_signal(signal.SIGKILL)
        first.wait()
        start_worker()
        wait_for(lambda: Job.objects.get(pk=job.pk).is_terminal)
    job.refresh_from_db()
    assert (job.state, job.error) == ("completed", None), point
    assert set(units.values_list("status", flat=True)) == {"completed"}
    assert units.filter(lost__gt=0).exists(), point  # it was killed at work
    assert content_hash(campaign) == content_hash(plain), point
