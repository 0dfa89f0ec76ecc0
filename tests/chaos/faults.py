"""What is done to the running product. docs/chaos.md says which line of the fault matrix each one is."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

import psycopg

from storyforge.core.migrating import patiently
from storyforge.launcher.children import Child
from tests.chaos.rig import LEASE_SECONDS, Rig, wait_for
from tests.chaos.shim import Shim

Fault = Callable[["Chaos"], bool]  # whether it could be done: False where nothing was there to kill
ALTER = "ALTER TABLE jobs_job "
STARTING_SECONDS = 4


def beating() -> set[str]:
    """The workers whose dispatchers beat; none while the database is away."""
    from django.db import Error as DatabaseFault

    from storyforge.jobs.models import Worker
    from tests.chaos.verdict import everything

    with suppress(DatabaseFault), everything():
        return set(Worker.alive().values_list("pk", flat=True))
    return set()


def name_of(worker: Child) -> str:
    """A worker as it calls itself in its row."""
    return f"{socket.gethostname()}:{worker.pid}"


class Chaos:
    """Deals out faults by a seed, and counts them."""

    def __init__(self, rig: Rig, *, seed: int, weights: Mapping[str, float]) -> None:
        self.rig, self.weights = rig, weights
        self.dice = random.Random(seed)  # noqa: S311 - what breaks next
        self.dealt: Counter[str] = Counter()
        self.migrations: list[tuple[float, float]] = []  # when one wanted its locks

    @property
    def kills(self) -> int:
        """Programs and pool children that ran and were ended by SIGKILL or SIGQUIT."""
        return sum(n for name, n in self.dealt.items() if name.startswith("kill"))

    def can(self, name: str) -> bool:
        """Whether there is what this one needs: the disk cannot be made full everywhere."""
        return FAULTS[name] is not full_disk or self.rig.shim is not None

    def deal(self, name: str) -> bool:
        """Do one of `FAULTS` now; False, and it is not counted, where there was nothing to do it to."""
        done = self.can(name) and FAULTS[name](self)
        self.dealt[name] += done
        return done

    def deal_any(self) -> None:
        """One of them, the cheap ones more often."""
        self.deal(self.dice.choices(list(self.weights), list(self.weights.values()))[0])

    def worker(self) -> int:
        """One that is not frozen."""
        awake = [n for n, w in enumerate(self.rig.workers) if w.pid not in self.rig.frozen]
        return self.dice.choice(awake)


def kill_pool_child(chaos: Chaos) -> bool:
    """Of a worker that has started: one whose children die before that gives up, and nothing ran in it."""
    rig = chaos.rig

    def children() -> list[int]:
        if not any(rig.pool_children(worker) for worker in rig.workers):
            return []
        ready = beating()
        awake = [w for w in rig.workers if w.pid not in rig.frozen and name_of(w) in ready]
        return [pid for worker in awake for pid in rig.pool_children(worker)]

    try:
        found = wait_for(children, seconds=STARTING_SECONDS, every=0.25)
    except TimeoutError:
        return False
    try:
        os.kill(chaos.dice.choice(found), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def kill_worker(chaos: Chaos) -> bool:
    return chaos.rig.kill(chaos.rig.workers[chaos.worker()])


def kill_web(chaos: Chaos) -> bool:
    return chaos.rig.kill(chaos.rig.web)


def freeze_worker(chaos: Chaos) -> bool:
    if len(chaos.rig.frozen) == len(chaos.rig.workers) - 1:
        return False
    seconds = LEASE_SECONDS + chaos.dice.uniform(0.5, 2)
    return chaos.rig.freeze(chaos.rig.workers[chaos.worker()], seconds)


def kill_broker(chaos: Chaos) -> bool:
    return chaos.rig.lose_broker()


def kill_database(chaos: Chaos) -> bool:
    """As `pg_ctl restart -m immediate`: no goodbye, recovery from the log."""
    return chaos.rig.kill(chaos.rig.postgres, signal.SIGQUIT)


def ring_thrice(chaos: Chaos) -> bool:
    """Three messages for every job there is, the ended ones, too."""
    from django.db import OperationalError
    from kombu.exceptions import OperationalError as BrokerAway

    from storyforge.jobs.dispatch import ring
    from storyforge.jobs.due import Ring
    from storyforge.jobs.models import Job
    from tests.chaos.verdict import everything

    with suppress(OperationalError, BrokerAway), everything():
        rows = Job.objects.order_by("-created_at").values_list("pk", "queue")[:30]
        ring([Ring(job_id=pk, queue=queue) for pk, queue in rows for _ in range(3)])
        return bool(rows)
    return False


def stop_worker(chaos: Chaos) -> bool:
    """As a deploy does: it hands its jobs back and ends; another one is started."""
    worker = chaos.rig.workers[chaos.worker()]
    if worker.code() is not None:
        return False
    os.kill(worker.pid, signal.SIGTERM)
    return True


def broker_away(chaos: Chaos) -> bool:
    return chaos.rig.lose_broker(seconds=chaos.dice.uniform(3, 8))


def no_connections(chaos: Chaos) -> bool:
    """Take every connection that is left, and each that becomes free, for two seconds."""
    taken: list[psycopg.Connection[Any]] = []
    until = time.monotonic() + 2
    url = chaos.rig.environ["DATABASE_URL"]
    while time.monotonic() < until:
        try:
            taken.append(psycopg.connect(url, connect_timeout=2))
        except psycopg.OperationalError:
            time.sleep(0.02)
    for connection in taken:
        connection.close()
    return bool(taken)


def full_disk(chaos: Chaos) -> bool:
    """No file of the database can grow for two seconds. It may stop itself; then it is started."""
    shim = cast("Shim", chaos.rig.shim)
    shim.flag.touch()
    time.sleep(2)
    shim.flag.unlink()
    time.sleep(0.2)
    chaos.rig.bring_database()
    return True


def migrate(chaos: Chaos) -> bool:
    """A column of the job table comes and goes while a long report reads it.

    A web server that is starting is waited for: how long people wait is to tell of the migration.
    """
    with suppress(TimeoutError):
        wait_for(chaos.rig.answers, seconds=30)
    url = chaos.rig.environ["DATABASE_URL"]
    before = len(chaos.migrations)

    def report() -> None:
        with suppress(psycopg.Error), psycopg.connect(url) as reading:
            reading.execute("SELECT count(*) FROM jobs_job")
            time.sleep(1.5)

    reader = threading.Thread(target=report)
    reader.start()
    time.sleep(0.1)
    began = time.time()
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as own:
        for change in ("ADD COLUMN IF NOT EXISTS chaos integer", "DROP COLUMN IF EXISTS chaos"):
            patiently(own.execute, lambda change=change: own.execute(ALTER + change))
        chaos.migrations.append((began, time.time()))
    reader.join()
    return len(chaos.migrations) > before


def mood(name: str) -> Fault:
    """Counted only where somebody asked the model meanwhile."""

    def answer_badly(chaos: Chaos) -> bool:
        def refused() -> int:
            return sum(call["reply"] != "valid" for call in chaos.rig.calls())

        before, seconds = refused(), chaos.dice.uniform(1, 3)
        chaos.rig.set_mood(name, seconds=seconds)
        try:
            wait_for(lambda: refused() > before, seconds=seconds, every=0.2)
        except TimeoutError:
            return False
        return True

    return answer_badly


FAULTS: dict[str, Fault] = {
    "kill a pool child": kill_pool_child,
    "kill a worker": kill_worker,
    "kill the web server": kill_web,
    "kill the broker, its data lost": kill_broker,
    "kill the database": kill_database,
    "freeze a worker beyond its lease": freeze_worker,
    "three messages for each job": ring_thrice,
    "stop a worker as a deploy does": stop_worker,
    "kill the broker, away for seconds": broker_away,
    "no database connection is left": no_connections,
    "the database's disk is full": full_disk,
    "migrate the job table": migrate,
    "the model answers 529": mood("overloaded"),
    "the model answers 429": mood("rate limited"),
    "the model's answers are cut": mood("cut"),
}
WEIGHTS: dict[str, float] = {
    "kill a pool child": 20,
    "kill a worker": 5,
    "kill the web server": 4,
    "kill the broker, its data lost": 2,
    "kill the database": 1,
    "freeze a worker beyond its lease": 3,
    "three messages for each job": 5,
    "stop a worker as a deploy does": 2,
    "kill the broker, away for seconds": 1,
    "no database connection is left": 0.5,
    "the database's disk is full": 0.5,
    "migrate the job table": 0.7,
    "the model answers 529": 0.2,
    "the model answers 429": 0.2,
    "the model's answers are cut": 0.2,
}
# In a smoke run each of `SMOKE` is dealt once, and the rest are kills that cost no start of a program.
QUICK_WEIGHTS: dict[str, float] = {
    "kill a pool child": 24,
    "three messages for each job": 2,
    "freeze a worker beyond its lease": 1,
}
