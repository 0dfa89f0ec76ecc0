"""Worlds by rules against a real database: a whole one through jobs, a large save, memory.

Usage: `python -m storyforge.launcher servers python tests/bench/bench_worlds.py [worlds [size]]`, or `make bench`. One
process does the jobs, one after the other, as one worker with one slot does. Queries go through row-level
security as everywhere.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

ROWS = 1_000


def main() -> None:
    """Start servers where none are given, make the tables, and print the figures."""
    if "DATABASE_URL" in os.environ:
        _with_database()
        return
    from contextlib import ExitStack

    from tests.servers import start_servers

    with ExitStack() as stack:
        start_servers(stack)
        _with_database()


def _with_database() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
    os.environ.setdefault("SECRET_KEY", "for figures only")
    import django

    django.setup()
    from django.core.management import call_command

    from storyforge.accounts.models import User
    from storyforge.core.acting import acting_as
    from storyforge.projects.models import Project

    call_command("migrate", verbosity=0)
    user = User.objects.create_user(f"bench{time.time_ns()}@example.org", "a long password 1")
    with acting_as(user.pk):
        project = Project.start(user, name="Bench")
        worlds_through_jobs(project)
        a_large_save(project)
        places_in_places(project)
        many_worlds(
            project,
            int(sys.argv[1]) if len(sys.argv) > 1 else 10,
            sys.argv[2] if len(sys.argv) > 2 else "standard",
        )


def worlds_through_jobs(project: Any) -> None:
    """WA08: from the request to the last check, all jobs by one worker."""
    for size in ("small", "standard", "standard"):
        wall, cpu, jobs, rows, queries = one_world(project, size)
        print(f"{size}: {rows} rows, {jobs} jobs, {wall:.1f} s, {cpu:.1f} s of this process, "
              f"{queries} queries")  # fmt: skip


def one_world(project: Any, size: str) -> tuple[float, float, int, int, int]:
    """Wall seconds, processor seconds of this process, jobs, rows and queries of a world."""
    from django.db import connection

    from storyforge.jobs.runner import run_due
    from worldgen.headless import make_world
    from worldgen.rows import load

    count = [0]

    def counting(execute: Any, *args: Any) -> Any:
        count[0] += 1
        return execute(*args)

    premise = f"{time.time_ns()} bells ring below a drowned coast."  # a name of its own
    with connection.execute_wrapper(counting):
        wall, cpu = time.perf_counter(), time.process_time()
        campaign, job = make_world(project, actor=project.owner, premise=premise, size=size)
        jobs = run_due(5_000)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    job.refresh_from_db()
    if job.status != "completed":
        raise SystemExit(f"the run ended as {job.status}: {job.error}")
    rows = sum(map(len, load(campaign).tables.values()))
    return wall, cpu, jobs, rows, count[0]


def a_large_save(project: Any) -> None:
    """WA10: a batch of a thousand rows through validator, references, rules and save."""
    from worldgen.answers.validator import check
    from worldgen.keeping.save import Writer, save_rows
    from worldgen.models import Campaign

    took = []
    for turn in range(3):
        campaign = Campaign.objects.create(project=project, name=f"Planes {turn}")
        rows = [plane(number) for number in range(1, ROWS + 1)]
        started = time.perf_counter()
        for at in range(0, ROWS, 500):  # an answer holds at most so many
            checked = check("planes", rows[at : at + 500])
            saved = save_rows(campaign, "planes", checked, writer=Writer(source="imported"))
            assert len(saved.created) == 500, saved.invalid
        took.append(time.perf_counter() - started)
    print(f"save of {ROWS} rows: median {statistics.median(took):.2f} s of {len(took)}")


def plane(number: int) -> dict[str, Any]:
    """A row of a table with texts, words and a reference to its own table."""
    return {
        "code": f"pla{number:04d}", "name": f"Plane {number}", "summary": "One.",
        "description": "A plane among many.", "tags": [], "plane_type": "outer",
        "parent_plane": None if number == 1 else "pla0001", "alignment": "true_neutral",
        "dominant_element": "none", "gravity": "normal", "time_flow": "normal",
        "magic_effect": "normal", "native_creature_types": [], "access_methods": ["A door."],
        "hazards": [], "is_home": False,
    }  # fmt: skip


PLACES, LEVELS = 10_000, 4


def places_in_places(project: Any) -> None:
    """WA21: what lies in a place, and what a place lies in, among ten thousand of four levels."""
    from copy import copy
    from uuid import uuid4

    from django.db import connection

    from tests.make import make
    from worldgen.containment import above, inside
    from worldgen.models import Campaign, GeographyRegion, Location, Plane

    campaign = Campaign.objects.create(project=project, name="Places")
    plane = make(Plane, project, campaign=campaign)
    region = make(GeographyRegion, project, campaign=campaign, plane=plane)
    pattern = make(Location, project, campaign=campaign, region=region, code="loc0", name="Whole")
    levels = [[pattern]]
    number = 0
    for size in (20, 400, PLACES - 421):
        rows = []
        for _ in range(size):
            number += 1
            row = copy(pattern)
            row.pk, row.code, row.name = uuid4(), f"loc{number}", f"Place {number}"
            row.parent_location = levels[-1][number % len(levels[-1])]
            rows.append(row)
        Location.objects.bulk_create(rows, batch_size=500)
        levels.append(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE worldgen_locations")
    took: dict[str, list[float]] = {"a twentieth": [], "everything": [], "above": []}
    for turn in range(21):
        ways = {
            "a twentieth": lambda at=turn: inside(Location, campaign.pk, levels[1][at % 20].pk),
            "everything": lambda: inside(Location, campaign.pk, pattern.pk),
            "above": lambda at=turn: above(levels[3][at * 97]),
        }
        for name, ask in ways.items():
            started = time.perf_counter()
            ask()
            took[name].append((time.perf_counter() - started) * 1_000)
    told = ", ".join(f"{name} {statistics.median(t):.1f}" for name, t in took.items())
    print(f"{PLACES} places of {LEVELS} levels, ms (median of 21): {told}")


def many_worlds(project: Any, worlds: int, size: str) -> None:
    """WA11: what the process keeps after many worlds; a line after each tenth."""
    one_world(project, size)
    before = kept()
    for number in range(1, worlds + 1):
        one_world(project, size)
        if number % 10 == 0 or number == worlds:
            grew = kept() - before
            print(f"{number} {size} worlds: memory grew by {grew:.1f} MB", flush=True)


def kept() -> float:
    """The memory that the process has now, in MB; its peak would hide what is kept behind migrations."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


if __name__ == "__main__":
    main()
