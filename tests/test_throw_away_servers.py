"""The servers of a test run: shared by its workers, gone with it however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storyforge.launcher.paths import PROJECT

TELL = """
import os, pathlib, time
def test_{name}():
    pathlib.Path({folder!r}, "{name}").write_text(os.environ["DATABASE_URL"])
    time.sleep({seconds})
"""


def _start(tmp_path: Path, *options: str, seconds: float) -> subprocess.Popen[bytes]:
    """A pytest of its own, without our configuration, that runs two tests of some seconds each."""
    (tmp_path / "told").mkdir()
    for name in ("first", "second"):
        text = TELL.format(name=name, folder=str(tmp_path / "told"), seconds=seconds)
        (tmp_path / f"test_{name}.py").write_text(text)
    (tmp_path / "empty.ini").write_text("[pytest]\n")
    argv = [sys.executable, "-m", "pytest", "-p", "tests.servers", "-p", "no:cacheprovider"]
    argv += ["-c", str(tmp_path / "empty.ini"), "--rootdir", str(tmp_path), *options, str(tmp_path)]
    hidden = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER")
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.Popen(argv, cwd=PROJECT, env=environ, stdout=subprocess.DEVNULL)  # noqa: S603


def _wait_for(condition: object, seconds: float) -> bool:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _servers_of(pid: int) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"storyforge-tests-{pid}/" in line:
            found.append(line)
    return found


@pytest.mark.e2e
def test_workers_of_one_run_share_its_servers(tmp_path: Path) -> None:
    run = _start(tmp_path, "-n", "2", seconds=0)
    assert run.wait(60) == 0
    told = {path.read_text() for path in (tmp_path / "told").iterdir()}
    assert len(told) == 1
    assert f"storyforge-tests-{run.pid}" in told.pop()
    assert _servers_of(run.pid) == []


@pytest.mark.e2e
def test_a_killed_run_leaves_no_server(tmp_path: Path) -> None:
    run = _start(tmp_path, seconds=60)
    assert _wait_for((tmp_path / "told" / "first").exists, 30)
    assert _servers_of(run.pid)
    run.kill()
    run.wait()
    assert _wait_for(lambda: not _servers_of(run.pid), 10)
