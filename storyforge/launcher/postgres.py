"""The embedded PostgreSQL: made once, run as a child in the foreground, reached by a socket only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from storyforge.launcher.binaries import PostgresPrograms, find_postgres, reachable
from storyforge.launcher.children import Child, Program
from storyforge.launcher.console import tail
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import ServerUser, give
from storyforge.launcher.paths import Home
from storyforge.launcher.signals import Pause
from storyforge.launcher.stale import end_stale

SUPERUSER = "postgres"
NAME = "storyforge"  # of the application's role and of its database
READY_SECONDS = 120.0  # recovery after a crash may take a while
STOP_SECONDS = 60.0
STATUS_LINE = 7  # of postmaster.pid, counted from 0: src/include/utils/pidfile.h


class Postgres:
    """One server; its data lies in `pg` in the data folder, its socket in the run folder.

    Connections are trusted: who can reach the socket may be anyone, so the run folder is closed.
    """

    def __init__(self, home: Home, user: ServerUser | None, *, durable: bool) -> None:
        self.home = home
        self.folder = home.data / "pg"
        self.user = user
        self.durable = durable
        self.programs = reachable(find_postgres(), home.data, user)
        self.child = Child(
            Program(
                name="postgresql",
                argv=self._command(),
                environ=_environ(),
                cwd=Path("/"),
                grace=STOP_SECONDS,
                log=home.logs / "postgresql.log",
                ending=signal.SIGINT,  # fast shutdown: transactions roll back, data is flushed
                user=user,
            )
        )

    @property
    def url(self) -> str:
        """What DATABASE_URL becomes: the plain role, over the socket."""
        return f"postgresql://{NAME}@{quote(str(self.home.run), safe='')}/{NAME}"

    def start(self, pause: Pause) -> None:
        """Make the data folder if there is none and start, without waiting for it to be ready."""
        if not self.folder.exists():
            self._initialize()
        self._check_major()
        give(self.folder, self.user)
        pid_file = self.folder / "postmaster.pid"
        end_stale(pid_file, folder=self.folder, ending=self.child.program.ending, pause=pause)
        self.child.start()

    def wait_ready(self, pause: Pause) -> None:
        """Return when it takes connections. Raises CannotStart when it died or takes 120 seconds."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self.child.code() is not None or time.monotonic() > deadline:
                log = self.child.program.log
                raise CannotStart(f"PostgreSQL did not start. {tail(log) if log else ''}")
            pause(0.02)

    def _is_ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return False
        return (
            len(lines) > STATUS_LINE
            and lines[STATUS_LINE].strip() == "ready"
            and lines[0].strip() == str(self.child.pid)
        )

    def _initialize(self) -> None:
        """Run initdb beside the final place and rename: an interrupted one never looks finished."""
        half = self.home.data / "pg.init"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        give(half, self.user)
        done = subprocess.run(  # noqa: S603
            [
                *[str(self.programs.folder / "initdb"), "-D", str(half), "-U", SUPERUSER],
                *["--auth=trust", "--encoding=UTF8", "--data-checksums"],
                *["--locale-provider=builtin", "--locale=C.UTF-8"],
                *([] if self.durable else ["--no-sync"]),
            ],
            env=_environ(),
            cwd="/",
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"The database could not be made:\n{done.stderr.strip()}")
        half.rename(self.folder)

    def _check_major(self) -> None:
        made_by = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != str(self.programs.major):
            raise CannotStart(
                f"{self.folder} was made by PostgreSQL {made_by}; the programs are"
                f" {self.programs.version}. Back up with the old programs (STORYFORGE_PG_BIN), move"
                " the folder away, start, and restore."
            )

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.home.run}"',
            # Under another user's name only the folder, which is theirs and 0700, closes the door.
            "unix_socket_permissions": "0777" if self.user else "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A failed statement and the row it failed on hold what people wrote, and no log needs that.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "fsync": "on",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
        return [str(self.programs.folder / "postgres"), "-D", str(self.folder), *options]


def superuser_options(home: Home) -> list[str]:
    """The connection options of psql, pg_dump and pg_restore for the superuser."""
    return ["-h", str(home.run), "-U", SUPERUSER]


def client_programs(home: Home, user: ServerUser | None) -> PostgresPrograms:
    """Where psql, pg_dump and pg_restore are."""
    return reachable(find_postgres(), home.data, user)


def _environ() -> dict[str, str]:
    """Nothing of ours: a PG* variable would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C"}
