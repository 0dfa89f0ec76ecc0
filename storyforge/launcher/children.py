"""Start a program so that it never outlives the launcher, watch it, end it, start it again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storyforge.launcher.identity import ServerUser
from storyforge.launcher.signals import Pause

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LONGEST_WAIT = 30.0  # seconds between two starts of a program that keeps dying
HEALTHY_AFTER = 60.0  # seconds of life after which earlier deaths no longer count
LARGEST_LOG = 20 * 1024 * 1024
_libc = ctypes.CDLL(
    None, use_errno=True
)  # loaded here: nothing may be loaded between fork and exec


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What to run and how it ends. `ending` asks it to stop; `grace` is how many seconds it may take.

    Without a log it writes to the launcher's own output; `answer` is a file for standard output alone.
    In the foreground it keeps the terminal: it can be typed to, and Ctrl-C reaches it. With `nice` above 0
    it leaves the processor to others that want it, see nice(1).
    """

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    cwd: Path
    grace: float
    log: Path | None = None
    answer: Path | None = None
    foreground: bool = False
    ending: signal.Signals = signal.SIGTERM
    user: ServerUser | None = None
    nice: int = 0


class Child:
    """One program, running or between two starts. Start it from the main thread.

    The kernel ties the death signal to the thread that started the child, not to the process.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deaths = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0

    @property
    def pid(self) -> int:
        """The running process, or the last one."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches the launcher only."""
        program, user = self.program, self.program.user
        with contextlib.ExitStack() as files:
            log = files.enter_context(_open_log(program.log)) if program.log else None
            answer = files.enter_context(program.answer.open("wb")) if program.answer else log
            self._process = subprocess.Popen(  # noqa: S603
                program.argv,
                env=program.environ,
                cwd=program.cwd,
                stdin=None if program.foreground else subprocess.DEVNULL,
                stdout=answer,
                stderr=log,
                start_new_session=not program.foreground,
                preexec_fn=_bound_to(os.getpid(), program.ending, program.nice),
                user=user.uid if user else None,
                group=user.gid if user else None,
                extra_groups=[] if user else None,
            )
        self._started = time.monotonic()

    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.poll() if self._process else None

    def wait(self, pause: Pause) -> int:
        """Wait for the end of the program and return its exit code; `pause` may raise."""
        while (code := self.code()) is None:
            pause(0.05)
        return code

    def revive(self) -> float | None:
        """Start a dead program again when its wait is over.

        Returns how many seconds it will wait when the death is news, else None.
        """
        if self.code() is None:
            return None
        if not self._due:
            self._kill_group()  # a web server's own workers outlive it and keep the port
            lived = time.monotonic() - self._started
            self.deaths = 1 if lived > HEALTHY_AFTER else self.deaths + 1
            wait = min(LONGEST_WAIT, 2.0**self.deaths / 2)
            self._due = time.monotonic() + wait
            return wait
        if time.monotonic() >= self._due:
            self._due = 0.0
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Send the program its ending signal."""
        if self._process and self.code() is None:
            self._process.send_signal(self.program.ending)

    def end(self, hurry: Callable[[], bool]) -> bool:
        """Wait for an asked-to-stop program, then kill its whole group.

        `hurry` cuts the grace short when it returns True. Returns whether the program ended by itself.
        """
        if not self._process:
            return True
        deadline = time.monotonic() + self.program.grace
        while self.code() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.02)
        in_time = self.code() is not None
        self._kill_group()
        self._process.kill()
        self._process.wait()
        return in_time

    def _kill_group(self) -> None:
        if not self.program.foreground:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


def stop(children: Sequence[Child], *, hurry: Callable[[], bool] = lambda: False) -> list[str]:
    """End programs side by side. Returns the names of those that had to be killed."""
    for child in children:
        child.ask_to_stop()
    return [child.program.name for child in children if not child.end(hurry)]


def _open_log(log: Path) -> BinaryIO:
    """Append to the log, readable by its owner only; a large one from an earlier run is set aside."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb")


def _bound_to(parent: int, ending: signal.Signals, nice: int) -> Callable[[], None]:
    """What runs between fork and exec: ask the kernel to pass our death on as `ending`."""

    def prepare() -> None:
        # A shell starts background jobs with Ctrl-C ignored; our children must hear it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if nice:
            _give_way(nice)
        if sys.platform == "linux":
            _libc.prctl(PR_SET_PDEATHSIG, ending)
            if os.getppid() != parent:  # the launcher died before prctl took effect
                os._exit(1)

    return prepare


def _give_way(nice: int) -> None:
    """Take less of the processor than others. Linux may weigh sessions, and ours is one, before processes."""
    os.nice(nice)
    group = Path("/proc/self/autogroup")
    while group.exists():  # where it does not, processes alone are weighed
        try:
            group.write_text(str(nice))
        except BlockingIOError:  # the kernel takes one such wish in a tenth of a second
            time.sleep(0.1)
        except OSError:
            return
        else:
            return
