"""A receiver on this machine that says what it is told to say and keeps what it hears."""

from __future__ import annotations

import http.server
import threading
from collections import deque
from dataclasses import dataclass

import pytest
from django.db.models.functions import Now

from storyforge.jobs.errors import TargetGone
from storyforge.jobs.models import Job
from storyforge.webhooks.announcements import KIND
from storyforge.webhooks.models import Endpoint
from tests.make import make


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers with the next of `answers`, then with 204; keeps requests in `heard`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: deque[int] = deque()
        self.silent = threading.Event()  # set: the connection is taken, and nothing said
        self.over = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(Heard(headers=dict(self.headers), body=body))
                if receiver.silent.is_set():
                    receiver.over.wait(60)
                    return
                status = receiver.answers.popleft() if receiver.answers else 204
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", receiver.url)
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_LOOPBACK = True
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture
def endpoint(project, receiver):
    return Endpoint.start(project=project, url=receiver.url)


@pytest.fixture
def end_job(project):
    """End a new job of the project, as a worker does."""

    def end(status="completed", **fields):
        job = make(Job, project, **fields)
        if status == "canceled":
            job.cancel()
            return job
        job.claim()
        if status == "failed":
            job.fail(TargetGone("The Lighthouse is gone."))
        else:
            job.complete({"created": []})
        return job

    return end


@pytest.fixture
def wait():
    """Let the time of the next try come, and say how long the wait was to be, in seconds."""

    def pass_time() -> float:
        job = Job.objects.get(kind=KIND, status=Job.Status.PENDING)
        seconds = (job.run_after - job.updated_at).total_seconds()
        Job.objects.filter(pk=job.pk).update(run_after=Now())
        return seconds

    return pass_time
