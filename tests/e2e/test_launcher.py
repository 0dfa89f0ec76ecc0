"""The whole installation from an empty folder: start, refuse a second start, stop, leave nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import PROJECT, temporary_folder, throw_away_folder

UP = [sys.executable, "-m", "storyforge.launcher", "up"]
START_SECONDS = 120
STOP_SECONDS = 90


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """An environment with an empty data folder, a free port, and no servers given."""
    with throw_away_folder(temporary_folder(server_user()), "storyforge-e2e") as folder:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        own = {"DATABASE_URL": "", "REDIS_URL": "", "SECRET_KEY": "", "STORYFORGE_SAMPLE": "on"}
        yield os.environ | own | {"STORYFORGE_DATA": str(folder / "data"), "PORT": str(port)}


@pytest.mark.e2e
def test_a_cold_start_serves_pages_once_and_stops_without_leftovers(
    environ: dict[str, str],
) -> None:
    data, url = Path(environ["STORYFORGE_DATA"]), f"http://127.0.0.1:{environ['PORT']}"
    running = _start(environ)
    try:
        said = _read_until(running, "Ctrl-C stops it.")
        assert f"Storyforge is ready: {url}/" in said
        assert _status(f"{url}/health/ready") == 200
        assert _status(f"{url}/") == 200
        second = subprocess.run(UP, env=environ, cwd=PROJECT, capture_output=True, text=True)  # noqa: S603
        assert second.returncode == 1
        assert f"already running (pid {running.pid})" in second.stderr
        running.send_signal(signal.SIGINT)
        rest, complaints = running.communicate(timeout=STOP_SECONDS)
    finally:
        running.kill()
        running.communicate()
    assert rest.endswith("Stopped.\n")
    assert complaints == ""
    assert running.returncode == 0
    assert "database system is shut down" in (data / "log" / "postgresql.log").read_text()
    assert _processes_on(data, port=environ["PORT"]) == []


def _start(environ: dict[str, str]) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(UP, env=environ, cwd=PROJECT, text=True, **pipes)  # noqa: S603


def _read_until(process: subprocess.Popen[str], last: str) -> str:
    """What the process says up to a line; a watchdog ends a process that stays silent."""
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(START_SECONDS)
    lines = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if line.strip() == last:
            break
    else:
        _, complaints = process.communicate()
        pytest.fail(f"It ended early:\n{''.join(lines)}{complaints}")
    signal.alarm(0)
    return "".join(lines)


def _status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        return int(answer.status)


def _processes_on(data: Path, *, port: str) -> list[str]:
    """Processes whose environment or command line names the data folder; the web's names its port."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(data) in line or f"--port {port}" in line or _works_for(process, data):
            found.append(line)
    return found


def _works_for(process: Path, data: Path) -> bool:
    try:
        return f"STORYFORGE_DATA={data}\0".encode() in (process / "environ").read_bytes()
    except OSError:
        return False
