"""The embedded Valkey: broker of the job doorbell. It may be lost at any time; the job rows may not."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

from storyforge.launcher.binaries import find_valkey
from storyforge.launcher.children import Child, Program
from storyforge.launcher.console import tail
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.paths import Home
from storyforge.launcher.signals import Pause
from storyforge.launcher.stale import end_stale

READY_SECONDS = 60.0
STOP_SECONDS = 30.0


class Valkey:
    """One server on a socket in the run folder; its data lies in `valkey` in the data folder."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.folder = home.data / "valkey"
        self.socket = home.run / "valkey.sock"
        self.child = Child(
            Program(
                name="valkey",
                argv=self._command(durable=durable),
                environ={"PATH": os.defpath, "LC_ALL": "C"},
                cwd=Path("/"),
                grace=STOP_SECONDS,
                log=home.logs / "valkey.log",
            )
        )

    @property
    def url(self) -> str:
        """What REDIS_URL becomes."""
        return f"unix://{self.socket}"

    def start(self, pause: Pause) -> None:
        """Start it, without waiting for it to be ready."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        end_stale(self._pid_file, folder=self.folder, ending=self.child.program.ending, pause=pause)
        self.socket.unlink(missing_ok=True)
        self.child.start()

    def wait_ready(self, pause: Pause) -> None:
        """Return when it answers a ping. Raises CannotStart when it died or stays silent."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.child.code() is not None or time.monotonic() > deadline:
                log = self.child.program.log
                raise CannotStart(f"Valkey did not start. {tail(log) if log else ''}")
            pause(0.02)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def _command(self, *, durable: bool) -> list[str]:
        # appendfsync always: with everysec a kill lost 266 of 28,868 acknowledged pushes.
        append = ["--appendonly", "yes", "--appendfsync", "always"] if durable else []
        return [
            *[str(find_valkey()), "--port", "0", "--save", ""],
            *["--unixsocket", str(self.socket), "--unixsocketperm", "700"],
            *["--dir", str(self.folder), "--pidfile", str(self._pid_file)],
            *["--maxmemory-policy", "noeviction", "--set-proc-title", "no", "--daemonize", "no"],
            *append,
        ]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
