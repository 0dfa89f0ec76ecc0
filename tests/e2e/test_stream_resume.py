"""Two hundred readers, a web server that is killed among them, and a reader that takes nothing."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

import pytest
from django.db import connections

from storyforge.accounts.models import APIToken
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.jobs.stream_hub import MOST_UNSENT, in_thread
from storyforge.jobs.tests.conftest import kind  # noqa: F401
from tests.event_streams import PATIENCE, HttpReader, run_loop
from tests.web_process import WebProcess

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

READERS, JOBS, EVENTS, KILLS = 200, 10, 60, 2


@pytest.fixture
def web(project, tmp_path):
    with WebProcess(tmp_path / "web.log", DATABASE_POOL="8") as process:
        yield process


@pytest.fixture
def bearer(project):
    _, secret = APIToken.issue(project.owner, name="reader", scope="read")
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def jobs(project, kind):  # noqa: F811
    made = [create_job(kind.kind, project=project, actor=project.owner) for _ in range(JOBS)]
    assert all(job.claim() for job in made)
    return made


def test_two_hundred_readers_survive_the_death_of_their_server(web, jobs, bearer):
    readers = [
        HttpReader(web.port, f"/api/v1/jobs/{jobs[n % JOBS].pk}/events", **bearer)
        for n in range(READERS)
    ]

    async def write(job: Job, done: asyncio.Event):
        for count in range(EVENTS):
            await in_thread(partial(job.report, done=count, total=EVENTS, label=""))
            await asyncio.sleep(0.02)
        await done.wait()
        await in_thread(partial(job.complete, {}))

    async def all_know(count: int):
        while any(len(reader.told) < count for reader in readers):
            await asyncio.sleep(0.05)

    async def kill(done: asyncio.Event):
        for number in range(KILLS):
            await all_know(3 + 20 * number)
            web.kill()
            await asyncio.to_thread(web.start)
        await all_know(2 + EVENTS)
        done.set()

    async def scenario():
        done = asyncio.Event()
        async with asyncio.timeout(4 * PATIENCE), asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(reader.read_to_the_end())
            for job in jobs:
                group.create_task(write(job, done))
            group.create_task(kill(done))

    connections.close_all()
    run_loop(scenario())
    whole = list(range(1, EVENTS + 4))
    wrong = [r for r in readers if [event.seq for event in r.told] != whole]
    assert wrong == []
    assert all(reader.connects >= 3 for reader in readers)  # first, after a kill, the 204


def test_a_reader_that_takes_nothing_is_let_go(web, jobs, bearer):
    job = jobs[0]
    lines = "".join(f"{name}: {value}\r\n" for name, value in bearer.items())
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(("127.0.0.1", web.port))
        client.sendall(
            f"GET /api/v1/jobs/{job.pk}/events HTTP/1.1\r\nHost: localhost\r\n"
            f"Accept: text/event-stream\r\n{lines}\r\n".encode()
        )
        client.settimeout(PATIENCE)
        body = client.recv(4_096)
        # Far more than the buffers on the way can hold.
        for count in range(20 * MOST_UNSENT):
            text = "x" * 4_000
            job.tell(step="write.1", offset=4_000 * count, text=text, label="")
        while piece := client.recv(65_536):
            body += piece
    seqs = [int(line[4:]) for line in body.split(b"\n") if line.startswith(b"id: ")]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) < 2 + 20 * MOST_UNSENT
