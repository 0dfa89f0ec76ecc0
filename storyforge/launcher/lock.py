"""One launcher for one data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storyforge.launcher.errors import CannotStart


class AlreadyRunning(CannotStart):
    """Another launcher works on this data folder."""


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold the lock inside the block; the system gives it back even if we are killed.

    Raises AlreadyRunning, naming the holder's pid.
    """
    with lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(
                f"Storyforge is already running (pid {file.read().strip() or 'unknown'}) with the"
                f" data folder {lock.parent}."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
