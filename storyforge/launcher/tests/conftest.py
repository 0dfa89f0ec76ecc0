"""Folders and processes for the launcher's tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import PROJECT, temporary_folder, throw_away_folder


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data folder that PostgreSQL's user may enter, which pytest's tmp_path is not for root."""
    with throw_away_folder(temporary_folder(server_user()), "storyforge-launcher") as folder:
        yield folder / "data"


@pytest.fixture
def environ(data: Path) -> dict[str, str]:
    """The environment of a launcher that knows no servers and uses the data folder.

    Empty, not absent: an absent one would be taken from a developer's `.env`.
    """
    return os.environ | {"DATABASE_URL": "", "REDIS_URL": "", "STORYFORGE_DATA": str(data)}


@pytest.fixture
def launcher(environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `python -m storyforge.launcher` with some words to its end."""

    def run(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", "storyforge.launcher", *words],
            env=environ,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def processes_on() -> Callable[[Path], list[str]]:
    """The command lines of living processes that name a folder, without the tests' own."""

    def find(folder: Path) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(folder) in line and int(process.name) != os.getpid():
                found.append(line)
        return found

    return find


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool], float], bool]:
    """Whether a condition comes true within some seconds."""

    def wait(condition: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    return wait
