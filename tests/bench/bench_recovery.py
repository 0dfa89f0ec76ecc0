"""From the death of a worker to its jobs running again, beside a plain Celery task under the same kills.

    python -m tests.bench.bench_recovery          with a lease of 30 seconds, then of 10
    KILLS=2 python -m tests.bench.bench_recovery 10

Each side has one worker of 32 threads and jobs that wait for a silent model. Both workers are killed with
signal 9 at the same moment, somewhere between two extensions of the leases, and started again at once.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from storyforge.launcher import programs
from storyforge.launcher.children import Child
from tests.bench.bench_engine import Side, ours, p, plain, post, rows_of
from tests.chaos.rig import Rig, running_rig, wait_for

AIMS = {30: 40, 10: 15}  # seconds of the lease, and of the p99
KILLS = int(os.environ.get("KILLS", "5"))
JOBS = 24  # running on each side at each kill
PATIENCE = 30.0  # seconds beyond the lease; what has not ended by then is lost
POOL = ("-P", "threads", "-c", "32")
STARTED = """
SELECT extract(epoch FROM min(at) - %(died)s) FROM jobs_jobevent
WHERE job_id = ANY(%(ids)s::uuid[]) AND type = 'job.started' AND at > %(died)s GROUP BY job_id
"""
PLAIN_STARTED = """
SELECT extract(epoch FROM started_at - %(died)s) FROM plain_job
WHERE id = ANY(%(ids)s::uuid[]) AND started_at > %(died)s
"""


class Tally:
    """One side under all kills: seconds until its jobs ran again, and how many never ended."""

    def __init__(self, side: Side, started: str) -> None:
        self.side, self.started = side, started
        self.again: list[float] = []
        self.lost = 0
        self._ids: list[str] = []

    def ask(self) -> None:
        """Jobs that run at the next kill."""
        self._ids = [self.side.ask() for _ in range(JOBS)]
        wait_for(lambda: self.side.count(self._ids, "running") == JOBS)

    def count(self, died: datetime) -> None:
        """What became of them."""
        rows = rows_of(self.started, {"died": died, "ids": self._ids})
        self.again += [float(row[0]) for row in rows]
        self.lost += JOBS - self.side.count(self._ids, "completed")

    def told(self) -> tuple[str, str, str]:
        """p50, p99, lost."""
        times = [f"{p(self.again, q):.1f} s" if self.again else "never" for q in (0.5, 0.99)]
        return (*times, f"{self.lost} of {KILLS * JOBS}")


def kill(rig: Rig, workers: Sequence[Child]) -> datetime:
    """End the workers, start them again; when they died, by the database's clock."""
    time.sleep(random.uniform(0, float(rig.environ["JOB_LEASE_SECONDS"]) / 3))  # noqa: S311
    died: datetime = rows_of("SELECT clock_timestamp()", {})[0][0]
    for worker in workers:
        os.killpg(worker.pid, 9)
    rig.mood.write_text("")  # who asks again is answered soon
    for worker in workers:
        wait_for(lambda worker=worker: worker.code() is not None)
        worker.start()
    return died


def measure(lease: int) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the table for this lease."""
    from tests.chaos.run import connect

    limits = {"AI_TEXT_MODEL": "scripted", "AI_FREE_MODELS": "scripted", "JOBS_PER_ACCOUNT": "1000"}
    os.environ |= limits
    with (
        running_rig(seed=1, lease=lease, workers=programs.workers) as rig,
        plain(rig, POOL) as (url, plain_worker),
    ):
        connect(rig)
        llm = next(w for w in rig.workers if w.program.name == "worker-llm")
        base = Tally(Side(lambda: post(url, "", {}), "plain_job"), PLAIN_STARTED)
        mine = Tally(ours(rig, "recovery", "model"), STARTED)
        for _ in range(KILLS):
            rig.mood.write_text("silent")
            for tally in (mine, base):
                tally.ask()
            died = kill(rig, [llm, plain_worker])
            time.sleep(lease + PATIENCE)
            for tally in (mine, base):
                tally.count(died)
    (a50, a99, a_lost), (b50, b99, b_lost) = mine.told(), base.told()
    yield f"worker death to running again, lease {lease} s, p50", a50, b50, ""
    yield "the same, p99", a99, b99, f"{AIMS[lease]} s"
    yield "jobs lost under these kills", a_lost, b_lost, "0"


def main() -> None:
    if sys.argv[1:]:
        for cells in measure(int(sys.argv[1])):
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
        return
    sys.stdout.write("|  | ours | plain Celery | aim |\n| --- | --- | --- | --- |\n")
    sys.stdout.flush()
    for lease in AIMS:  # a process each: settings are read once
        command = [sys.executable, "-m", "tests.bench.bench_recovery", str(lease)]
        subprocess.run(command, check=True)  # noqa: S603


if __name__ == "__main__":
    main()
