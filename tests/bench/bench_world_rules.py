"""How long the writer of worlds by rules takes and how much memory it keeps, for each size.

Usage: `python tests/bench/bench_world_rules.py [worlds]`. Every call makes its own `World`, as in a run
of jobs, so the figures hold what is drawn again for each call.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from worldgen.rules import write_relations, write_rows
from worldgen.rules.tables import PHASES, RELATIONS
from worldgen.rules.tests.worlds import brief, full, rosters_of

ROWS_A_CALL = 2


def main() -> None:
    """Print rows, seconds a world in one go and in small calls, and the memory kept by many worlds."""
    for size in ("small", "standard", "large"):
        started = time.process_time()
        _, rows = full(brief(1, size=size))
        count = sum(map(len, rows.values()))
        print(f"{size}: {count} rows, {time.process_time() - started:.2f} s")
    started, calls = time.process_time(), in_small_calls()
    print(f"standard in {calls} calls: {time.process_time() - started:.2f} s")
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    full(brief(0))
    before = kept()
    for seed in range(worlds):
        full(brief(seed))
    print(f"{worlds} standard worlds: memory grew by {kept() - before:.1f} MB")


def in_small_calls() -> int:
    """Write a standard world as a run does, at most two rows a call; return the number of calls."""
    told = replace(brief(1), rosters=rosters_of(brief(1)))
    calls = len(PHASES) + len(RELATIONS)
    for tables in PHASES.values():
        for table in tables:
            codes = list(told.rosters[table])
            for at in range(0, len(codes), ROWS_A_CALL):
                rows = write_rows(table, codes[at : at + ROWS_A_CALL], told)
                standing = {**told.rows.get(table, {}), **{row["code"]: row for row in rows}}
                told = replace(told, rows={**told.rows, table: standing})
                calls += 1
    for table in RELATIONS:
        write_relations(table, told)
    return calls


def kept() -> float:
    """Return the largest memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
