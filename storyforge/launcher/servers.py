"""PostgreSQL and Valkey together, for `up`, `demo`, benchmarks and tests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from storyforge.launcher.children import Child, stop
from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import Home, home_in
from storyforge.launcher.postgres import Postgres
from storyforge.launcher.roles import provision
from storyforge.launcher.signals import Pause
from storyforge.launcher.valkey import Valkey


@dataclass(frozen=True, kw_only=True, slots=True)
class Urls:
    """Where the servers are: values for DATABASE_URL and REDIS_URL."""

    database: str
    redis: str


class Servers:
    """The embedded servers of one data folder; one whose URL is given from outside is left out.

    Servers that are not durable are for tests and demonstrations: they may lose everything in a crash,
    and the application's role may create databases.
    """

    def __init__(self, data: Path, *, durable: bool, given: Mapping[str, str]) -> None:
        user = server_user()
        self.home: Home = home_in(data, user)
        self._durable = durable
        self._given = given
        self._postgres = (
            None if given.get("DATABASE_URL") else Postgres(self.home, user, durable=durable)
        )
        self._valkey = None if given.get("REDIS_URL") else Valkey(self.home, durable=durable)

    @property
    def urls(self) -> Urls:
        """Given or embedded."""
        return Urls(
            database=self._postgres.url if self._postgres else self._given["DATABASE_URL"],
            redis=self._valkey.url if self._valkey else self._given["REDIS_URL"],
        )

    @property
    def children(self) -> list[Child]:
        """What runs, in the order in which it is stopped."""
        return [server.child for server in (self._valkey, self._postgres) if server]

    def start(self, pause: Pause = time.sleep) -> None:
        """Start both side by side; ready, with role and database, on return."""
        servers = [server for server in (self._postgres, self._valkey) if server]
        for server in servers:
            server.start(pause)
        for server in servers:
            server.wait_ready(pause)
        if self._postgres:
            provision(self.home, may_create_databases=not self._durable)

    def stop(self) -> None:
        """Valkey first, PostgreSQL last. Neither is hurried: both still write."""
        for child in self.children:
            stop([child])
        if not self.home.run.is_relative_to(self.home.data):
            with suppress(OSError):  # not empty: somebody else's file
                self.home.run.rmdir()


@contextmanager
def running_servers(
    data: Path, *, durable: bool, given: Mapping[str, str] | None = None
) -> Iterator[Urls]:
    """Servers inside the block. `given` holds DATABASE_URL and REDIS_URL where they are set outside.

    Call it from the main thread. Raises CannotStart.
    """
    servers = Servers(data, durable=durable, given=given or {})
    try:
        servers.start()
        yield servers.urls
    finally:
        servers.stop()
