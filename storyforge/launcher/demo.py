"""Run the journey from a book to its results in throw-away servers, without web."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from storyforge.launcher import programs
from storyforge.launcher.children import Child, stop
from storyforge.launcher.console import complain, say, tail
from storyforge.launcher.environment import child_environment
from storyforge.launcher.errors import CannotStart, StopRequested
from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import PROJECT, throw_away_base, throw_away_folder
from storyforge.launcher.servers import Servers
from storyforge.launcher.signals import StopSignals, stop_signals
from storyforge.launcher.up import prepare

DEATHS_ALLOWED = 3
INTERRUPTED = 130  # what a shell reports after Ctrl-C


def demo(arguments: Sequence[str], *, out: Path, keep: bool) -> int:
    """Run `manage.py` with the arguments beside workers; its exit code is ours. Raises CannotStart."""
    outer = dict(os.environ)
    base = throw_away_base(outer, server_user())
    with stop_signals() as signals, throw_away_folder(base, "demo", keep=keep) as data:
        code = _journey(data, arguments, outer=outer, signals=signals)
    if keep:
        say(f"The data folder of this run was kept: {data}")
    if code == 0:
        say(f"The results are in {out}.")
    elif code != INTERRUPTED:
        complain(f"The demo ended without results (exit code {code}).")
    return code


def _journey(
    data: Path, arguments: Sequence[str], *, outer: Mapping[str, str], signals: StopSignals
) -> int:
    servers = Servers(data, durable=False, given=outer)
    environ = child_environment(outer, urls=servers.urls, home=servers.home)
    workers = programs.workers(servers.home, environ)
    argv = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    journey = programs.visible(argv, environ, foreground=False)
    try:
        say("Starting servers for this run; they go when it is done.")
        servers.start(signals.pause)
        prepare(servers.home, environ, pause=signals.pause, with_assets=False)
        for child in (*workers, journey):
            child.start()
        return _watch(journey, [*workers, *servers.children], signals)
    except StopRequested:
        say("Stopping.")
        return INTERRUPTED
    finally:
        stop([journey], hurry=signals.arrived)
        stop(workers, hurry=signals.arrived)
        servers.stop()


def _watch(journey: Child, others: Sequence[Child], signals: StopSignals) -> int:
    """Wait for the journey, starting dead programs again. Raises CannotStart when one keeps dying."""
    while (code := journey.code()) is None:
        signals.pause(0.1)
        for child in others:
            child.revive()
            if child.deaths >= DEATHS_ALLOWED:
                log = child.program.log
                raise CannotStart(f"{child.program.name} keeps dying. {tail(log) if log else ''}")
    return code
