"""A run in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.chaos.run import Result

INTRODUCTION = """# Chaos

`make chaos KILLS=500` starts the whole product as processes of its own (PostgreSQL, Valkey, web, two
workers, a scripted model), lets a client ask for jobs with an `Idempotency-Key` each and cancel some, and
meanwhile kills, freezes and starves whatever there is. One worker has processes, the other threads; a
kill counts only where something ran. Afterwards it holds every accepted job, version, event and ledger
entry against each other, and the calls against the model's own log. The run below was written by it.
`SEED=` repeats the order of the faults, not what they meet.

"""
ANSWERS = {
    0: "none, nobody there or cut off",
    202: "202",
    402: "402, no money left",
    429: "429, too many waiting",
    503: "503, with Retry-After",
}


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
        ("jobs given up because the minutes of their kind were over", verdict.late),
        ("jobs or effects doubled", len(verdict.doubled)),
        ("gaps in events, ends missing or doubled", len(verdict.gaps)),
        ("invariants broken (`jobs_fsck`)", len(verdict.broken)),
        ("answers with 500", len(verdict.errors)),
        ("jobs canceled", verdict.canceled),
        ("cancels that were promised and not kept", len(verdict.uncanceled)),
        ("model calls", verdict.calls),
        ("of them refused or cut by the model", verdict.refused),
        ("of them repeated after a fault", verdict.repeated),
        ("ledger entries that are not the price of their call", len(verdict.ledger)),
        ("paid by the account, micro-dollars", verdict.charged),
        ("paid by the house: calls whose end nobody knows", verdict.house),
        ("versions that hold half an answer", len(verdict.truncated)),
        ("calls made before the model wanted them", len(verdict.early)),
        *_migrating(result),
        *_bounds(result),
        ("seconds of faults", round(result.seconds)),
        ("seconds until all was done afterwards", round(result.drain_seconds)),
    ]
    rows += [(f"fault: {name}", count) for name, count in sorted(result.chaos.dealt.items())]
    lines = [f"| {name} | {value} |\n" for name, value in rows]
    clocks = (
        "The web server's wall clock is two hours ahead, one worker's, too, the other's two behind."
        if result.clocks
        else "All clocks are right and the disk never full: there is no C compiler here."
    )
    return f"Seed {result.seed}. {clocks}\n\n| | |\n| --- | --- |\n{''.join(lines)}\n"


def _migrating(result: Result) -> Iterator[tuple[str, object]]:
    for when, waits in (
        ("while a migration wanted its locks", result.migrating),
        ("at all other times", result.otherwise),
    ):
        if waits:
            half, most = waits[len(waits) // 2], waits[min(len(waits) - 1, int(len(waits) * 0.99))]
            name = "p50, p99" if len(waits) >= 100 else "p50, longest"
            yield f"seconds of {len(waits)} accepts {when}: {name}", f"{half:.2f}, {most:.2f}"


def _bounds(result: Result) -> Iterator[tuple[str, object]]:
    for bound in result.bounds:
        times = f", of {len(bound.seen)}" if len(bound.seen) > 1 else ""
        most = f"at most {bound.most:g}"
        yield f"{bound.row}: {bound.text} ({most}{times})", f"{max(bound.seen, default=-1):.3g}"


def write_report(path: Path, result: Result) -> None:
    """Replace the run in the report; what stands behind the second heading stays."""
    kept = ""
    if path.exists():
        _, mark, rest = path.read_text(encoding="utf-8").partition("\n## ")
        kept = mark.lstrip("\n") + rest
    path.write_text(INTRODUCTION + table(result) + kept, encoding="utf-8")
