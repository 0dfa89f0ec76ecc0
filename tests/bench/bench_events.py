"""Event streams: from the write to the reader, with 200, 500 and 1,000 streams on one web process.

Run under `python -m storyforge.launcher servers`. Half of the streams share ten jobs that tell an event
every 100 ms each, as text that is being written does; the others idle on a job of their own.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storyforge.core.acting import Door, acting_as

STREAMS = tuple(int(n) for n in os.environ.get("BENCH_STREAMS", "200 500 1000").split())
BUSY_JOBS = 10
EVERY = 0.1  # s between two events of a busy job
SECONDS = 20.0


@acting_as(None, door=Door.ADMIN)
def prepare() -> tuple[Any, str]:
    """Migrated database, a project, a token of its owner."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from storyforge.accounts.models import APIToken, User
    from storyforge.projects.models import Project

    user = User.objects.create_user("bench@example.org", "a long password 1")
    _, secret = APIToken.issue(user, name="bench", scope="read")
    return Project.start(user, name="Bench"), secret


@acting_as(None, door=Door.ADMIN)
def started_job(project: Any) -> Any:
    """A running job that nobody works on."""
    from storyforge.jobs.models import Job

    job = Job.objects.create(
        kind="bench.events",
        project=project,
        actor=project.owner,
        account=project.owner,
        queue="cpu",
        event_seq=0,
    )
    job.claim()
    return job


async def measure(web: Any, project: Any, secret: str, streams: int) -> None:
    """Open the streams, write for a while, print the milliseconds from commit to reader."""
    from storyforge.jobs.stream_hub import in_thread
    from tests.event_streams import HttpReader

    waits: list[float] = []

    class Timed(HttpReader):
        def take(self, event: Any) -> None:
            super().take(event)
            if event.type == "job.delta":
                waits.append((time.time() - float(event.data["data"]["text"])) * 1_000)

    busy = [await in_thread(partial(started_job, project)) for _ in range(BUSY_JOBS)]
    idle = [await in_thread(partial(started_job, project)) for _ in range(streams // 2)]
    jobs = [busy[n % BUSY_JOBS] for n in range(streams - len(idle))] + idle
    headers = {"Authorization": f"Bearer {secret}"}
    readers = [Timed(web.port, f"/api/v1/jobs/{job.pk}/events", **headers) for job in jobs]
    opened = time.monotonic()
    tasks = [asyncio.create_task(reader.read_to_the_end()) for reader in readers]
    while any(not reader.told for reader in readers):
        await asyncio.sleep(0.05)
    opened = time.monotonic() - opened

    async def write(job: Any, start: float) -> None:
        await asyncio.sleep(start)
        end, offset = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            await in_thread(lambda offset=offset: tell(job, offset))
            offset += 1
            await asyncio.sleep(EVERY)

    used, own = web.seconds(), time.process_time()
    await asyncio.gather(*(write(job, n * EVERY / BUSY_JOBS) for n, job in enumerate(busy)))
    await asyncio.sleep(1)
    used, own = web.seconds() - used, time.process_time() - own
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    gaps = sum([e.seq for e in r.told] != list(range(1, len(r.told) + 1)) for r in readers)
    p = statistics.quantiles(waits, n=100)
    print(
        f"| {streams} | {len(waits)} | {p[49]:.1f} | {p[94]:.1f} | {p[98]:.1f} | {max(waits):.0f} |"
        f" {used:.1f} | {own:.1f} | {opened:.1f} | {web.memory() / 2**20:.0f} | {gaps} |",
        flush=True,
    )


@acting_as(None, door=Door.JOBS)
def tell(job: Any, offset: int) -> None:
    """An event that carries the time at which it is written."""
    job.tell(step="write.1", offset=offset, text=f"{time.time():.6f}", label="")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "storyforge.settings"
    project, secret = prepare()
    from tests.web_process import WebProcess

    columns = "streams | events read | p50 ms | p95 ms | p99 ms | max ms"
    columns += " | web CPU s | readers CPU s | opened in s | RSS MB | gaps"
    print(f"| {columns} |\n|{' --- |' * 11}")
    for streams in STREAMS:
        with (
            TemporaryDirectory() as folder,
            WebProcess(Path(folder) / "web.log", DEBUG="off", DATABASE_POOL="8") as web,
        ):
            asyncio.run(measure(web, project, secret, streams))


if __name__ == "__main__":
    main()
