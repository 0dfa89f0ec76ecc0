"""Worker processes killed with kill -9 while they make a world: the world is the one of a run in peace."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from conftest import ROOT, make_user
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.projects.models import Project
from tests.web_process import database_url_of_test
from worldgen.exchange.world_json import load_and_export
from worldgen.tests.whole import new_campaign, write_world

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

KILLS = 2
UNITS = 50  # of the 62 of a small world: enough is left to be done after the last kill
PATIENCE = 240  # seconds; a guard against hanging


@pytest.fixture
def start_worker(tmp_path):
    """Start a worker process on the test's own database; all are gone at the end."""
    started = []
    environ = {**os.environ, "DATABASE_URL": database_url_of_test(), "JOB_LEASE_SECONDS": "3"}
    command = [sys.executable, "-m", "celery", "-A", "storyforge.celery", "worker", "-P", "threads"]
    command += ["-c", "3", "-Q", "stream,cpu,out", "--without-mingle", "--without-gossip"]

    def start():
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                [*command, "-n", f"w{len(started)}@%h"], cwd=ROOT, env=environ, stdout=log,
                stderr=log,
            )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(condition):
    limit = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)
    return found


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
