"""The web server as a process of its own, on the database of the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from django.db import connection

from storyforge.launcher.programs import REQUESTS

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0  # a guard against hanging


def database_url_of_test() -> str:
    """The URL of the database that this process has open."""
    url, _, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    return f"{url.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


class WebProcess:
    """Granian with one worker process, which can be killed and started again on the same port."""

    def __init__(self, log: Path, **environ: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.environ = {
            **os.environ,
            "DATABASE_URL": database_url_of_test(),
            "DEBUG": "on",  # static files from where they lie
            "RATE_LIMITS": "off",  # hundreds of readers are one person here
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "storyforge.asgi:application"]
        command += ["--backlog", REQUESTS, "--backpressure", REQUESTS]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.log.read_text()[-2_000:])
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to the server and its worker process, as when a machine goes down."""
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def memory(self) -> int:
        """Resident bytes of the worker process."""
        return int(self._of_worker("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def seconds(self) -> float:
        """Processor time the worker process has used."""
        user, system = self._of_worker("stat").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _of_worker(self, name: str) -> str:
        """A file of /proc about granian's one child."""
        assert self.process is not None
        own = self.process.pid
        child = Path(f"/proc/{own}/task/{own}/children").read_text().split()[-1]
        return Path(f"/proc/{child}/{name}").read_text()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=5):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
