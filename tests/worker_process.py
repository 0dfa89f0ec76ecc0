"""Workers as processes of their own, on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.web_process import ROOT, database_url_of_test

Start = Callable[[], "subprocess.Popen[bytes]"]


@contextmanager
def workers(logs: Path, *, threads: int, **environ: str) -> Iterator[Start]:
    """Yields what starts another one; all are gone at the end. Their leases are three seconds."""
    started: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-m", "celery", "-A", "storyforge.celery", "worker", "-P", "threads"]
    command += ["-c", str(threads), "-Q", "stream,cpu,out", "--without-mingle", "--without-gossip"]
    own = {"DATABASE_URL": database_url_of_test(), "JOB_LEASE_SECONDS": "3", **environ}

    def start() -> subprocess.Popen[bytes]:
        number = len(started)
        with (logs / f"worker-{number}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                [*command, "-n", f"w{number}@%h"], cwd=ROOT, env={**os.environ, **own}, stdout=log,
                stderr=log,
            )  # fmt: skip
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], Any], *, seconds: float = 240) -> Any:
    """The condition's first true value; the time is a guard against hanging."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)
    return found
