"""Worker processes killed with kill -9 while they make a world: the world is the one of a run in peace."""

from __future__ import annotations

import hashlib
import json
import random
import signal

import pytest

from conftest import make_user
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.worker_process import wait_for, workers
from worldgen.exchange.world_json import load_and_export
from worldgen.tests.whole import new_campaign, write_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

KILLS = 2
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
    workers = [start_worker() for _ in range(KILLS + 1)]  # the last one sees it through
    for worker, point in zip(workers, points, strict=False):
        wait_for(lambda point=point: units.filter(status="completed").count() >= point)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    wait_for(lambda: Job.objects.get(pk=job.pk).is_terminal)
    job.refresh_from_db()
    assert (job.state, job.error) == ("completed", None), (seed, points)
    assert [worker.poll() for worker in workers] == [-signal.SIGKILL] * KILLS + [None]
    assert set(units.values_list("status", flat=True)) == {"completed"}
    assert content_hash(campaign) == content_hash(plain), (seed, points)
