"""What a request asks of the broker: its counts of rates, for half a second at most, and nothing for jobs."""

from __future__ import annotations

import socket
import threading
from types import SimpleNamespace

import pytest

from scriptwriter.models import Book
from storyforge.celery import app
from storyforge.core import rates
from storyforge.jobs.consumer import LONGEST_SECONDS, Consumer
from storyforge.jobs.dispatch import ring
from storyforge.jobs.due import Ring, pick
from storyforge.jobs.models import Job, Worker
from tests.make import make


class Stranger:
    """Something that takes connections where the broker should be: it hangs up at once, or never answers."""

    def __init__(self, *, hangs_up):
        self.hangs_up, self.met = hangs_up, []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.take)
        self.thread.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.server.getsockname()[1]}/0"

    def take(self):
        while True:
            try:
                one, _ = self.server.accept()
            except OSError:
                return
            self.met.append(one)
            if self.hangs_up:
                one.close()

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()
        for one in self.met:
            one.close()


@pytest.fixture
def stranger():
    made = []

    def start(**how):
        made.append(Stranger(**how))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def door(project):
    return f"/api/v1/books/{make(Book, project).pk}/generate/plot.overview"


def test_the_broker_is_not_asked(bob, door, stranger, monkeypatch):
    """Ringing a worker asks it; accepting a job does not."""
    there = stranger(hangs_up=True)
    monkeypatch.setenv("CELERY_BROKER_URL", there.url)  # where Celery looks first
    assert bob.post(door, {"writer": "rules"}).status_code == 202
    assert there.met == []
    ring([Ring(job_id=Job.objects.get().pk, queue="cpu")])
    assert there.met


def test_f9_what_a_broker_did_not_take_is_picked_again_at_once(
    bob, door, stranger, monkeypatch, db
):
    Worker.objects.create(name="w", queues=["cpu"], slots=9)
    for _ in range(2):
        assert bob.post(door, {"writer": "rules"}).status_code == 202
    first = pick()
    monkeypatch.setenv("CELERY_BROKER_URL", stranger(hangs_up=True).url)
    ring(first)
    assert len(first) == 2
    assert pick() == first, "they need not wait until a lost message would be sent again"


def test_f9_a_worker_looks_for_its_broker_every_few_seconds(monkeypatch):
    """Celery's own waits grow by two seconds a time, up to half a minute."""
    told = {}
    connection = SimpleNamespace(ensure_connection=lambda *_, **how: told.update(how))
    assert app.conf.worker_consumer == "storyforge.jobs.consumer:Consumer"
    worker = Consumer.__new__(Consumer)
    worker.app, worker.first_connection_attempt = app, False
    worker.ensure_connected(connection)
    assert told["interval_max"] == LONGEST_SECONDS


@pytest.mark.usefixtures("no_hang")
def test_a_broker_that_never_answers_is_asked_for_rates_once(bob, door, stranger, settings):
    there = stranger(hangs_up=False)
    settings.REDIS_URL, settings.RATE_LIMITS = there.url, True
    settings.RATES = {**settings.RATES, "generation": "2/hour"}
    first = bob.post(door, {"writer": "rules"})
    assert (first.status_code, first["RateLimit"].split(";")[1]) == (202, "r=1")
    asked = len(there.met)
    assert asked
    assert bob.post(door, {"writer": "rules"}).status_code == 202
    assert bob.post(door, {"writer": "rules"}).status_code == 429, "this process counts by itself"
    assert len(there.met) == asked
    rates._counts_at(there.url)._away_until = 0.1  # as after its five seconds
    assert bob.get("/api/v1/kinds").status_code == 200
    assert len(there.met) > asked
