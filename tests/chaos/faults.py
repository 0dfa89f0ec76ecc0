"""What is done to the running product; the letters are those of the fault matrix in docs/chaos.md."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from tests.chaos.rig import LEASE_SECONDS, Rig

Fault = Callable[["Chaos"], None]


class Chaos:
    """Deals out faults by a seed, and counts them."""

    def __init__(self, rig: Rig, *, seed: int) -> None:
        self.rig = rig
        self.dice = random.Random(seed)  # noqa: S311 - what breaks next
        self.dealt: Counter[str] = Counter()

    @property
    def kills(self) -> int:
        """Processes ended by SIGKILL or SIGQUIT."""
        return sum(n for name, n in self.dealt.items() if name.startswith("kill"))

    def deal(self, name: str) -> None:
        """Do one of `FAULTS` now."""
        FAULTS[name](self)
        self.dealt[name] += 1

    def deal_any(self) -> None:
        """One of them, the cheap ones more often."""
        self.deal(self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])

    def worker(self) -> int:
        """One that is not frozen."""
        awake = [n for n, w in enumerate(self.rig.workers) if w.pid not in self.rig.frozen]
        return self.dice.choice(awake)


def kill_pool_child(chaos: Chaos) -> None:
    worker = chaos.rig.workers[chaos.worker()]
    children = chaos.rig.pool_children(worker)
    if children:
        with suppress(ProcessLookupError):
            os.kill(chaos.dice.choice(children), signal.SIGKILL)


def kill_worker(chaos: Chaos) -> None:
    chaos.rig.kill(chaos.rig.workers[chaos.worker()])


def kill_web(chaos: Chaos) -> None:
    chaos.rig.kill(chaos.rig.web)


def freeze_worker(chaos: Chaos) -> None:
    if len(chaos.rig.frozen) < len(chaos.rig.workers) - 1:
        seconds = LEASE_SECONDS + chaos.dice.uniform(0.5, 2)
        chaos.rig.freeze(chaos.rig.workers[chaos.worker()], seconds)


def kill_broker(chaos: Chaos) -> None:
    chaos.rig.lose_broker()


def kill_database(chaos: Chaos) -> None:
    """As `pg_ctl restart -m immediate`: no goodbye, recovery from the log."""
    chaos.rig.kill(chaos.rig.postgres, signal.SIGQUIT)


def ring_thrice(chaos: Chaos) -> None:
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


FAULTS: dict[str, Fault] = {
    "kill a pool child": kill_pool_child,
    "kill a worker": kill_worker,
    "kill the web server": kill_web,
    "kill the broker, its data lost": kill_broker,
    "kill the database": kill_database,
    "freeze a worker beyond its lease": freeze_worker,
    "three messages for each job": ring_thrice,
}
WEIGHTS = {
    "kill a pool child": 20,
    "kill a worker": 5,
    "kill the web server": 4,
    "kill the broker, its data lost": 2,
    "kill the database": 1,
    "freeze a worker beyond its lease": 3,
    "three messages for each job": 5,
}
