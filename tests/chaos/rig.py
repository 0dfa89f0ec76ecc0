"""The whole product as child processes: servers, web, workers, and a scripted model that keeps a log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from storyforge.launcher import programs
from storyforge.launcher.children import Child, Program, stop
from storyforge.launcher.environment import child_environment
from storyforge.launcher.errors import CannotStart
from storyforge.launcher.identity import server_user
from storyforge.launcher.paths import PROJECT, Home, temporary_folder, throw_away_folder
from storyforge.launcher.servers import Servers
from tests.chaos.shim import Shim, build
from tests.scripted_model import KEY

LEASE_SECONDS = 3  # short, so that a dead worker's jobs are taken over soon
CLOCKS = (-7_200, 7_200)  # seconds by which the workers' wall clocks are ahead
WEB_CLOCK = 7_200
PROCESSES = ("-P", "prefork", "-c", "3")
THREADS = ("-P", "threads", "-c", "6")
PAIR = (PROCESSES, PROCESSES)  # a worker each
PATIENCE = 180.0  # seconds for anything the rig waits for


@dataclass(kw_only=True)
class Rig:
    """What runs, and the environment it runs in."""

    servers: Servers
    environ: dict[str, str]
    port: int
    witness: Path
    web: Child
    workers: list[Child]
    model: Child
    shim: Shim | None
    mood: Path
    frozen: dict[int, float] = field(default_factory=dict)
    ends: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def postgres(self) -> Child:
        return self.servers.children[1]

    @property
    def valkey(self) -> Child:
        return self.servers.children[0]

    def kill(self, child: Child, number: int = signal.SIGKILL) -> bool:
        """End a program the hard way and start it again at once; False when it was not running."""
        was_running = child.code() is None
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        wait_for(lambda: child.code() is not None)
        if child is self.postgres:
            self.bring_database()
        else:
            child.start()
        return was_running

    def lose_broker(self, *, seconds: float = 0) -> bool:
        """Kill the broker and all it knew; it comes back after so many seconds. False when it is away."""
        was_running = self.valkey.code() is None
        with suppress(ProcessLookupError):
            os.kill(self.valkey.pid, signal.SIGKILL)
        wait_for(lambda: self.valkey.code() is not None)
        shutil.rmtree(self.servers.home.data / "valkey", ignore_errors=True)
        self.later(seconds, self._bring_broker)
        return was_running

    def _bring_broker(self) -> None:
        if self.valkey.code() is not None:
            self.servers._valkey.start(time.sleep)
            self.servers._valkey.wait_ready(time.sleep)

    def later(self, seconds: float, undo: Callable[[], None]) -> None:
        """Undo a lasting fault after so long; see `mend`."""
        self.ends.append((time.monotonic() + seconds, undo))

    def mend(self, *, everything: bool = False) -> None:
        """Undo what has lasted long enough."""
        due = [end for end in self.ends if everything or time.monotonic() >= end[0]]
        for end in due:
            self.ends.remove(end)
            end[1]()
        self.thaw(everything=everything)

    def set_mood(self, mood: str, *, seconds: float) -> None:
        """Let the model answer badly for a while: a name of `model.MOODS`."""
        self.mood.write_text(mood)
        self.later(seconds, lambda: self.mood.write_text(""))

    def bring_database(self) -> None:
        """Start it where it has died, and wait until it has recovered; it may die of that once more."""
        for left in (2, 1, 0):
            if self.postgres.code() is not None:
                self.servers._postgres.start(time.sleep)
            try:
                self.servers._postgres.wait_ready(time.sleep)
            except CannotStart:
                if not left:
                    raise
            else:
                return

    def pool_children(self, worker: Child) -> list[int]:
        """The processes that do a worker's jobs: none where threads do, and in a worker that starts."""
        found: list[int] = []
        for children in Path(f"/proc/{worker.pid}/task").glob("*/children"):  # any thread may fork
            with suppress(OSError):
                for pid in children.read_text().split():
                    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    found += [int(pid)] if stat[0] != "Z" else []
        return found

    def answers(self) -> bool:
        """Whether the web server is up, and has its database."""
        url = f"{self.url}/health/ready?role=web"
        with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
        return False

    def freeze(self, worker: Child, seconds: float) -> bool:
        """Stop a worker with all its children for longer than a lease; `thaw` lets it go on."""
        if worker.code() is not None:
            return False
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGSTOP)
            self.frozen[worker.pid] = time.monotonic() + seconds
        return worker.pid in self.frozen

    def thaw(self, *, everything: bool = False) -> None:
        """Let the workers go on whose time is over."""
        for pid, until in list(self.frozen.items()):
            if everything or time.monotonic() >= until:
                del self.frozen[pid]
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGCONT)

    def calls(self) -> list[dict[str, Any]]:
        """What the model was asked, by its own record."""
        if not self.witness.exists():
            return []
        return [json.loads(line) for line in self.witness.read_text().splitlines()]


def wait_for(
    condition: Callable[[], Any], *, seconds: float = PATIENCE, every: float = 0.05
) -> Any:
    """The condition's first true value, asked for every so many seconds. Raises TimeoutError."""
    limit = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > limit:
            raise TimeoutError(f"not within {seconds:.0f} seconds")
        time.sleep(every)
    return found


@contextmanager
def running_rig(
    *,
    seed: int,
    logs: Path | None = None,
    lease: int = LEASE_SECONDS,
    pools: Sequence[Sequence[str]] = PAIR,
    workers: Callable[[Home, dict[str, str]], list[Child]] | None = None,
) -> Iterator[Rig]:
    """Everything up, in a throw-away folder; gone at the end, but for the logs where a place is given.

    `workers` makes others than the rig's own, whose clocks are wrong and whose pools are given.
    """
    base = temporary_folder(server_user())
    with throw_away_folder(base, "storyforge-chaos") as data:
        servers = Servers(data, durable=True, given={})
        rig = None
        try:
            shim = build(servers.home.run)
            if shim is not None:
                _preload(servers, shim)
            servers.start()
            rig = _rig(servers, data, shim, seed, lease=lease, pools=pools)
            if workers is not None:
                rig.workers = workers(servers.home, rig.environ)
            rig.model.start()
            wait_for(lambda: listens(int(rig.environ["CHAOS_MODEL_PORT"])))
            programs.run_all([programs.command(["migrate"], servers.home, rig.environ)], time.sleep)
            rig.web.start()
            for worker in rig.workers:
                worker.start()
            wait_for(lambda: listens(rig.port))
            yield rig
        finally:
            if rig:
                rig.mend(everything=True)
                for child in (rig.web, *rig.workers, rig.model):
                    _end(child)
            servers.stop()
            if logs is not None:
                shutil.copytree(servers.home.logs, logs, dirs_exist_ok=True)


def _preload(servers: Servers, shim: Shim) -> None:
    """The database's disk can be full."""
    program = servers._postgres.child.program
    environ = {**program.environ, **shim.environ()}
    servers._postgres.child = Child(replace(program, environ=environ))


def _rig(
    servers: Servers,
    data: Path,
    shim: Shim | None,
    seed: int,
    *,
    lease: int,
    pools: Sequence[Sequence[str]],
) -> Rig:
    port, model_port = _free_port(), _free_port()
    outer = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    environ = child_environment(outer, urls=servers.urls, home=servers.home) | {
        "JOB_LEASE_SECONDS": str(lease),
        "AI_CALLS_ALLOWED": "on",
        "AI_TEXT_BASE_URL": f"http://127.0.0.1:{model_port}",
        "AI_TEXT_API_KEY": KEY,
        "CHAOS_MODEL_PORT": str(model_port),
        "PYTHONPATH": str(PROJECT),
        "DEBUG": "off",
        "RATE_LIMITS": "off",
    }
    witness, mood = data / "calls.jsonl", data / "mood"
    words = ["-m", "tests.chaos.model", "--port", str(model_port), "--log", str(witness)]
    words += ["--mood", str(mood)]
    celery = ["-m", "celery", "-A", "storyforge.celery", "worker"]
    celery += ["-Q", "stream,cpu,out", "--without-mingle", "--without-gossip"]

    def wrong(clock: int) -> dict[str, str]:
        return environ | (shim.environ(clock=clock) if shim else {})

    def child(name: str, argv: list[str], *, clock: int = 0, nice: int = 0) -> Child:
        log = servers.home.logs / f"{name}.log"
        return Child(
            Program(
                name=name,
                argv=[sys.executable, *argv],
                environ=wrong(clock),
                cwd=PROJECT,
                grace=20,
                log=log,
                nice=nice,
            )
        )

    return Rig(
        servers=servers,
        environ=environ,
        port=port,
        witness=witness,
        web=programs.web(servers.home, wrong(WEB_CLOCK), port=port),
        workers=[
            child(
                f"worker-{n}",
                [*celery, *pool, "-n", f"w{n}@%h"],
                clock=CLOCKS[n],
                nice=programs.WORKER_NICE,
            )
            for n, pool in enumerate(pools)
        ],
        model=child("model", [*words, "--seed", str(seed)]),
        shim=shim,
        mood=mood,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    """Whether a server of this machine takes calls there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _end(child: Child) -> None:
    if child.pid and child.code() is None:
        stop([child])
