"""A run in words."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.run import Result

INTRODUCTION = """# Chaos

`make chaos KILLS=500` starts the whole product as processes of its own (PostgreSQL, Valkey, web, two
workers, a scripted model), lets a client ask for jobs with an `Idempotency-Key` each, and meanwhile kills
and freezes whatever there is. Afterwards it holds every accepted job, version and event against each other, and the calls against the model's own log. The run below was written
by it.

"""
ANSWERS = {0: "none, nobody there or cut off", 202: "202", 503: "503, with Retry-After"}


def table(result: Result) -> str:
    """The figures as Markdown."""
    verdict = result.verdict
    rows = [
        ("jobs accepted, each with a key of its own", verdict.accepted),
        ("units of runs", verdict.units),
        ("processes killed", result.chaos.kills),
        *((f"answers: {ANSWERS.get(code, code)}", n) for code, n in sorted(result.answers.items())),
        ("jobs lost", len(verdict.lost)),
        ("jobs that failed or were left with holes", len(verdict.failed)),
        ("jobs given up because three workers in a row died of them", verdict.given_up),
        ("jobs or effects doubled", len(verdict.doubled)),
        ("gaps in events, ends missing or doubled", len(verdict.gaps)),
        ("invariants broken (`jobs_fsck`)", len(verdict.broken)),
        ("answers with 500", len(verdict.errors)),
        ("model calls", verdict.calls),
        ("of them repeated after a kill", verdict.repeated),
        ("seconds of faults", round(result.seconds)),
        ("seconds until all was done afterwards", round(result.drain_seconds)),
    ]
    rows += [(f"fault: {name}", count) for name, count in sorted(result.chaos.dealt.items())]
    lines = [f"| {name} | {value} |\n" for name, value in rows]
    return f"Seed {result.seed}.\n\n| | |\n| --- | --- |\n{''.join(lines)}\n"


def write_report(path: Path, result: Result) -> None:
    """Replace the run in the report; what stands behind the second heading stays."""
    kept = ""
    if path.exists():
        _, mark, rest = path.read_text(encoding="utf-8").partition("\n## ")
        kept = mark.lstrip("\n") + rest
    path.write_text(INTRODUCTION + table(result) + kept, encoding="utf-8")
