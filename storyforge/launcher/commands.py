"""Run a command against the running installation, or against servers started for it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from storyforge.launcher import programs
from storyforge.launcher.children import stop
from storyforge.launcher.environment import child_environment
from storyforge.launcher.identity import server_user
from storyforge.launcher.lock import AlreadyRunning, held
from storyforge.launcher.paths import (
    PROJECT,
    default_data,
    home_in,
    throw_away_base,
    throw_away_folder,
)
from storyforge.launcher.servers import Servers


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """Servers that answer, and the environment of a process that uses them."""

    servers: Servers
    environ: dict[str, str]


@contextmanager
def installation(*, exclusive: bool = False) -> Iterator[Installation]:
    """The installation's servers: those of a running `up`, else started for the block.

    Raises AlreadyRunning when it must be `exclusive` and `up` runs.
    """
    outer = dict(os.environ)
    user = server_user()
    home = home_in(default_data(outer, user), user)
    servers = Servers(home.data, durable=True, given=outer)
    environ = child_environment(outer, urls=servers.urls, home=home)
    found = Installation(servers=servers, environ=environ)
    with ExitStack() as stack:
        try:
            stack.enter_context(held(home.lock))
        except AlreadyRunning:
            if exclusive:
                raise
        else:
            stack.callback(servers.stop)
            servers.start()
        yield found


def manage(arguments: Sequence[str]) -> int:
    """`manage.py` with the installation's database and broker; its exit code is ours."""
    with installation() as found:
        return _foreground([sys.executable, str(PROJECT / "manage.py"), *arguments], found.environ)


def with_servers(argv: Sequence[str]) -> int:
    """Any command with empty throw-away servers; its exit code is ours."""
    outer = dict(os.environ)
    base = throw_away_base(outer, server_user())
    with throw_away_folder(base, "servers") as data:
        servers = Servers(data, durable=False, given=outer)
        try:
            servers.start()
            environ = child_environment(outer, urls=servers.urls, home=servers.home)
            return _foreground(argv, environ)
        finally:
            servers.stop()


def _foreground(argv: Sequence[str], environ: dict[str, str]) -> int:
    """The terminal sends Ctrl-C to the command too, and it alone decides what that means."""
    child = programs.visible(argv, environ, foreground=True)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child.start()
        return child.wait(time.sleep)
    finally:
        stop([child])
        signal.signal(signal.SIGINT, before)
