"""End a server that an earlier launcher left behind on the same data folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from storyforge.launcher.errors import CannotStart
from storyforge.launcher.signals import Pause

WAIT_SECONDS = 30.0


def end_stale(pid_file: Path, *, folder: Path, ending: signal.Signals, pause: Pause) -> None:
    """Stop the process in the pid file if it works on `folder`; any other process is left alone.

    Raises CannotStart when it does not end within 30 seconds.
    """
    pid = _pid_in(pid_file)
    if pid is None or not _works_on(pid, folder):
        return
    os.kill(pid, ending)
    for _ in range(int(WAIT_SECONDS / 0.1)):
        if not _works_on(pid, folder):
            return
        pause(0.1)
    raise CannotStart(
        f"Process {pid} of an earlier start still works on {folder} and does not end. Stop it with"
        f" kill {pid} and start again."
    )


def _pid_in(pid_file: Path) -> int | None:
    try:
        first = pid_file.read_text(encoding="ascii").split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdecimal() and int(first) > 1 else None


def _works_on(pid: int, folder: Path) -> bool:
    """Whether the process lives and names the folder on its command line; a zombie has none."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(folder) in words
