"""The processes of the application. The Procfile names the same ones for other supervisors."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from storyforge.launcher.children import Child, Program
from storyforge.launcher.console import tail
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.paths import PROJECT, Home
from storyforge.launcher.signals import Pause

WEB_SECONDS = 15.0
WORKER_SECONDS = 40.0  # a worker gives a running job 30 seconds to reach a step's border
COMMAND_SECONDS = 15.0
# Open event streams would hold a stop for the whole grace.
STREAM_SECONDS = "5"
# A person's click goes before background work where processors are few; what is idle they have whole.
WORKER_NICE = 5
# An open stream counts as a request; at the usual 1,024 nobody else would be answered.
REQUESTS = "8192"


def web(home: Home, environ: Mapping[str, str], *, port: int) -> Child:
    """The web server, reachable from this machine only."""
    argv = [
        *["-m", "granian", "--interface", "asginl", "storyforge.asgi:application"],
        *["--host", "127.0.0.1", "--port", str(port), "--workers-kill-timeout", STREAM_SECONDS],
        *["--backlog", REQUESTS, "--backpressure", REQUESTS],
    ]
    return _child("web", argv, home, environ, grace=WEB_SECONDS)


def workers(home: Home, environ: Mapping[str, str]) -> list[Child]:
    """One that waits for models, in threads, and one for work that needs the processor."""
    pools = {
        "worker-llm": ["-P", "threads", "-c", "32", "-Q", "stream,out", "-n", "llm@%h"],
        "worker-cpu": ["-P", "prefork", "-c", "1", "-Q", "cpu", "-n", "cpu@%h"],
    }
    celery = ["-m", "celery", "-A", "storyforge.celery", "worker"]
    quiet = ["--without-mingle", "--without-gossip"]
    return [
        _child(
            name, [*celery, *pool, *quiet], home, environ, grace=WORKER_SECONDS, nice=WORKER_NICE
        )
        for name, pool in pools.items()
    ]


def command(
    words: Sequence[str], home: Home, environ: Mapping[str, str], *, answer: bool = False
) -> Child:
    """A management command that writes to its log; with `answer`, its standard output goes apart."""
    return Child(
        Program(
            name=words[0],
            argv=[sys.executable, str(PROJECT / "manage.py"), *words],
            environ=environ,
            cwd=PROJECT,
            grace=COMMAND_SECONDS,
            log=home.logs / f"{words[0]}.log",
            answer=answer_of(words[0], home) if answer else None,
        )
    )


def answer_of(name: str, home: Home) -> Path:
    """Where a command's standard output is."""
    return home.logs / f"{name}.out"


def visible(argv: Sequence[str], environ: Mapping[str, str], *, foreground: bool) -> Child:
    """Any program that writes to the terminal."""
    return Child(
        Program(
            name=argv[0],
            argv=argv,
            environ=environ,
            cwd=PROJECT,
            grace=COMMAND_SECONDS,
            foreground=foreground,
        )
    )


def run_all(children: Sequence[Child], pause: Pause) -> None:
    """Run commands side by side to their end. Raises CannotStart when one fails."""
    try:
        for child in children:
            child.start()
        for child in children:
            if child.wait(pause):
                name, log = child.program.name, child.program.log
                raise CannotStart(f"`{name}` failed. {tail(log) if log else ''}")
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.end(lambda: False)


def _child(
    name: str,
    words: Sequence[str],
    home: Home,
    environ: Mapping[str, str],
    *,
    grace: float,
    nice: int = 0,
) -> Child:
    return Child(
        Program(
            name=name,
            argv=[sys.executable, *words],
            environ=environ,
            cwd=PROJECT,
            grace=grace,
            log=home.logs / f"{name}.log",
            nice=nice,
        )
    )
