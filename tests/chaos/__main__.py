"""Run it: python -m tests.chaos --kills 500 --seed 7 --report docs/chaos.md"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

from tests.chaos.bounds import QUICK, TRIALS
from tests.chaos.report import table, write_report
from tests.chaos.run import QUICK_PACE, Pace, run

SMOKE = (
    "kill a worker",
    "kill the web server",
    "kill the broker, its data lost",
    "kill the database",
    "freeze a worker beyond its lease",
    "three messages for each job",
    "kill the broker, away for seconds",
    "stop a worker as a deploy does",
    "no database connection is left",
    "the database's disk is full",
    "migrate the job table",
    "the model answers 429",
    "the model's answers are cut",
)


def main() -> int:
    """0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument(
        "--minutes", type=float, default=60, help="at most, before the last is done"
    )
    parser.add_argument("--report", type=Path)
    parser.add_argument("--logs", type=Path, help="where the programs' logs are copied to")
    parser.add_argument(
        "--quick", action="store_true", help="little load, no trials that take minutes"
    )
    args = parser.parse_args()
    sys.stdout.write(f"seed {args.seed}\n")
    sys.stdout.flush()
    result = run(
        kills=args.kills,
        seed=args.seed,
        at_least=SMOKE,
        seconds=args.minutes * 60,
        logs=args.logs,
        rows=QUICK if args.quick else tuple(TRIALS),
        pace=QUICK_PACE if args.quick else Pace(),
    )
    sys.stdout.write(table(result))
    if args.report:
        write_report(args.report, result)
    for name, found in result.verdict.problems.items():
        sys.stdout.write(f"{name}:\n" + "".join(f"  {line}\n" for line in found[:20]))
    return 1 if result.verdict.problems else 0


if __name__ == "__main__":
    sys.exit(main())
