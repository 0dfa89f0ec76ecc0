"""One run: everything up, jobs flowing, faults dealt, then the verdict."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.bounds import KILLING, TRIALS, Bound, Trials
from tests.chaos.faults import QUICK_WEIGHTS, WEIGHTS, Chaos
from tests.chaos.load import PAUSE, Client
from tests.chaos.rig import PROCESSES, THREADS, Rig, running_rig, wait_for
from tests.chaos.verdict import Verdict, everything, judge, unfinished

DRAIN_SECONDS = 400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How a storm goes: seconds between two faults, seconds between two wishes, how often which fault.

    With `judges_time` off, times that are too long are told and held against nobody.
    """

    between: tuple[float, float] = (0.2, 0.8)
    pause: float = PAUSE
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    judges_time: bool = True


QUICK_PACE = Pace(between=(0.1, 0.4), pause=0.5, weights=QUICK_WEIGHTS, judges_time=False)


@dataclass(kw_only=True)
class Result:
    """What was dealt and what came of it."""

    seed: int
    chaos: Chaos
    verdict: Verdict
    answers: Counter[int]
    migrating: list[float]  # seconds of accepts, sorted
    otherwise: list[float]
    clocks: bool
    seconds: float
    drain_seconds: float
    bounds: list[Bound]


def run(
    *,
    kills: int,
    seed: int,
    at_least: Iterable[str] = (),
    seconds: float = 3_600,
    logs: Path | None = None,
    rows: Sequence[str] = tuple(TRIALS),
    pace: Pace = Pace(),
) -> Result:
    """Deal faults until so many processes were killed and each of `at_least` was seen, then judge.

    Or until so many seconds have passed. Then come the trials of these rows of the matrix, one by one. The
    programs' logs are copied to `logs`.
    """
    started = time.monotonic()
    with running_rig(seed=seed, logs=logs, pools=(PROCESSES, THREADS)) as rig:
        connect(rig)
        secret, book = _prepare()
        chaos = Chaos(rig, seed=seed, weights=pace.weights)
        client = Client(rig, secret=secret, book=book, seed=seed, pause=pace.pause)
        client.start()
        storm = kills - len(KILLING & set(rows))
        first = [name for name in at_least if chaos.can(name)]
        while chaos.kills < storm or 2 * client.accepted < kills or first:
            if time.monotonic() - started > seconds:
                break
            time.sleep(chaos.dice.uniform(*pace.between))
            rig.mend()
            if not first:
                chaos.deal_any()
            elif chaos.deal(first[-1]):
                first.pop()
            _revive(rig)
        rig.mend(everything=True)
        client.enough.set()
        client.join(timeout=120)
        ended = time.monotonic()
        with suppress(TimeoutError):  # the verdict counts what has not ended as lost
            wait_for(lambda: _revive(rig) or not unfinished(), seconds=DRAIN_SECONDS, every=0.5)
        drained = time.monotonic()
        trials = Trials(chaos, client, _revive)
        bounds = trials.run(rows)
        with suppress(TimeoutError):
            trials.quiet()
        verdict = judge(client.wishes, rig.calls())
        judged = [b for b in bounds if pace.judges_time or not b.is_time]
        verdict.bounds = [f"{b.row}: {b.text}: {b.seen}, {b.most}" for b in judged if b.broken]
        from django.db import connections

        connections.close_all()
        return Result(
            seed=seed,
            chaos=chaos,
            verdict=verdict,
            answers=Counter(code for wish in client.wishes for code in wish.answers),
            migrating=client.waits(chaos.migrations, inside=True),
            otherwise=client.waits(chaos.migrations, inside=False),
            clocks=rig.shim is not None,
            seconds=ended - started,
            drain_seconds=drained - ended,
            bounds=bounds,
        )


def _revive(rig: Rig) -> None:
    """Start what has ended by itself; the supervisor's part."""
    if rig.postgres.code() is not None:
        rig.bring_database()
    for child in (rig.web, *rig.workers):
        if child.code() is not None:
            child.start()


def connect(rig: Rig) -> None:
    """This process reads the same database."""
    import django
    from django.conf import settings

    os.environ |= {**rig.environ, "DATABASE_POOL": "0"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
    if settings.configured:
        raise RuntimeError("chaos needs a process of its own: python -m tests.chaos")
    django.setup()
    import storyforge.celery  # noqa: F401 - whose broker the messages go to


def _prepare() -> tuple[str, str]:
    """An account with a write token, and a book it has read: token and the book's id."""
    from scriptwriter.imports import start_import
    from scriptwriter.tests.conftest import STORY
    from storyforge.accounts.models import APIToken, User
    from storyforge.jobs.models import Job
    from storyforge.projects.models import Project

    with everything():
        user = User.objects.create_user("chaos@example.org", "a long password 1")
        _, secret = APIToken.issue(user, name="chaos", scope="write")
        project = Project.start(user, name="Chaos")
        content = STORY.encode()
        book, job = start_import(project=project, actor=user, filename="salt.md", content=content)

    def is_read() -> bool:
        with everything():
            return Job.objects.filter(pk=job.pk, status="completed").exists()

    wait_for(is_read)
    return secret, str(book.pk)
