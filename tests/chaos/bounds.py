"""Faults one at a time, with all else whole: how long each is felt, held against the fault matrix."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.faults import Chaos, beating, name_of
from tests.chaos.load import Client, Wish
from tests.chaos.rig import Rig, wait_for
from tests.chaos.verdict import everything, unfinished

AWAY_SECONDS = 60.0  # of the broker (F9) and of the provider (F20)
CUTS = 50
AT_ONCE = 4  # cut streams, fewer in a row than open a breaker
WINDOW = timedelta(seconds=30)  # of F20
LOOK = 0.25


@dataclass(kw_only=True)
class Bound:
    """What a row of the matrix allows at most, and what was seen each time."""

    row: str
    text: str
    most: float
    is_time: bool = False  # which says little on a machine that has other work
    seen: list[float] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return not self.seen or max(self.seen) > self.most


class Trials:
    """Deals out single faults on a rig whose storm is over, and measures by the database's clock."""

    def __init__(self, chaos: Chaos, client: Client, revive: Callable[[Rig], Any]) -> None:
        self.chaos, self.rig, self.client = chaos, chaos.rig, client
        self._revive = revive
        self.bounds: dict[str, Bound] = {}

    def run(self, rows: Sequence[str]) -> list[Bound]:
        """The trials of these rows, in their order."""
        for row in rows:
            try:
                self.quiet()
                TRIALS[row](self)
            except TimeoutError as error:
                text = f"the trial came to no end: {error}"
                self.bounds[row] = Bound(row=row, text=text, most=0)
        return list(self.bounds.values())

    def saw(self, row: str, text: str, most: float, seen: float, *, is_time: bool = False) -> None:
        """Note a figure of a row."""
        new = Bound(row=row, text=text, most=most, is_time=is_time)
        self.bounds.setdefault(text, new).seen.append(seen)

    def took(self, row: str, what: str, most: float, seen: float) -> None:
        """Note seconds of a row."""
        self.saw(row, f"seconds {what}", most, seen, is_time=True)

    def quiet(self) -> None:
        """Wait until everything runs and nothing is left to do."""
        self.rig.mend(everything=True)
        names = lambda: {name_of(worker) for worker in self.rig.workers}  # noqa: E731
        wait_for(lambda: self._revive(self.rig) or names() <= beating(), every=LOOK)
        wait_for(self.rig.answers, every=LOOK)
        wait_for(lambda: not unfinished(), every=LOOK)

    def wait(self, seconds: float) -> Iterator[None]:
        """Let time pass, in pieces, and undo what has lasted long enough."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield
            time.sleep(LOOK)
            self.rig.mend()

    def ended(self, wishes: Sequence[Wish]) -> list[Any]:
        """Their jobs, once all have ended."""
        ids = [wish.job for wish in wishes]
        wait_for(lambda: all(job.is_terminal for job in jobs(ids)), every=LOOK)
        return jobs(ids)


def jobs(ids: Sequence[str]) -> list[Any]:
    from storyforge.jobs.models import Job

    with everything():
        return list(Job.objects.filter(pk__in=ids))


def clock() -> datetime:
    """The database's."""
    from django.db import connection

    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def until_started(wish: Wish) -> float:
    """Seconds from the accept of a job to its first start."""
    (job,) = wait_for(lambda: [j for j in jobs([wish.job]) if j.started_at], every=LOOK)
    waited: float = (job.started_at - job.created_at).total_seconds()
    return waited


def one_dispatcher_dies(trials: Trials) -> None:
    """F3: the other one takes over what comes."""
    assert trials.chaos.deal("kill a worker")
    wish = trials.client.ask_for("plot.overview", "rules")
    trials.took("F3", "to a start after a dispatcher died", 5, until_started(wish))


def nobody_is_left_after_the_commit(trials: Trials) -> None:
    """F5: the web server dies as soon as the job is there."""
    before = len(trials.client.wishes)
    asking = threading.Thread(target=trials.client.ask_for, args=("plot.overview", "rules"))
    asking.start()
    known = unfinished()
    wait_for(lambda: unfinished() > known or trials.client.accepted > before, every=0.01)
    assert trials.chaos.deal("kill the web server")
    asking.join()
    waited = until_started(trials.client.wishes[before])
    trials.took("F5", "to a start when the web server died after the commit", 3, waited)


def the_database_dies(trials: Trials) -> None:
    """F13: refusals are 503 meanwhile, and soon there are none."""
    before, asking = len(trials.client.wishes), threading.Event()

    def ask() -> None:
        while not asking.is_set():
            trials.client.ask_for("plot.overview", "rules")

    person = threading.Thread(target=ask)
    person.start()
    assert trials.chaos.deal("kill the database")
    back = time.time()
    asking.set()
    person.join()
    waited = min([end for _, end in trials.client.accepts if end > back], default=back) - back
    trials.took("F13", "to an accept after the database is back", 5, waited)
    answers = [code for wish in trials.client.wishes[before:] for code in wish.answers]
    odd = sum(code not in (202, 503) for code in answers)
    trials.saw("F13", "answers but 202 and 503 while the database was away", 0, odd)


def the_broker_is_away(trials: Trials) -> None:
    """F9: everything is accepted, and done soon after it is back."""
    trials.chaos.rig.lose_broker(seconds=AWAY_SECONDS)
    wishes = []
    for _ in trials.wait(AWAY_SECONDS + LOOK):
        if trials.rig.valkey.code() is not None and len(wishes) < AWAY_SECONDS / 2:
            wishes.append(trials.client.ask_for("plot.overview", "rules"))
            time.sleep(1)
    back = clock()
    last = max(job.completed_at for job in trials.ended(wishes))
    drained = (last - back).total_seconds()
    trials.took("F9", "to the end of all jobs after the broker is back", 10, drained)
    odd = sum(code != 202 for wish in wishes for code in wish.answers)
    trials.saw("F9", "answers but 202 while the broker was away for a minute", 0, odd)


def the_provider_is_down(trials: Trials) -> None:
    """F20: it is left alone, and jobs that could not call have burned nothing."""
    from storyforge.jobs.models import ProviderCall

    trials.rig.set_mood("overloaded", seconds=AWAY_SECONDS)
    wishes = [trials.client.ask_for("plot.overview", "model") for _ in range(12)]
    for _ in trials.wait(AWAY_SECONDS):
        pass
    done = trials.ended(wishes)
    with everything():
        # Written down as they were let through, however long the way to the provider is.
        calls = ProviderCall.objects.filter(job__in=[wish.job for wish in wishes], outcome="failed")
        refused = list(calls.values_list("job_id", "started_at", "ended_at"))
    opened = sorted(ended for _, _, ended in refused)[4]
    later = sorted(started for _, started, _ in refused if started > opened)
    windows = [sum(begin <= each < begin + WINDOW for each in later) for begin in later]
    text = "calls in any 30 seconds to a provider that fails, after the first five"
    trials.saw("F20", text, 5, max(windows, default=0))
    for job in done:
        called = sum(pk == job.pk for pk, _, _ in refused)
        text = "attempts burned without a call while a provider failed for a minute"
        trials.saw("F20", text, 0, max(0, job.attempt - 1 - called))


def workers_are_stopped(trials: Trials) -> None:
    """F33: threads and processes give back what they were at, and no try is lost."""
    trials.rig.set_mood("silent", seconds=3_600)
    wishes = [trials.client.ask_for("plot.overview", "model") for _ in range(9)]
    wait_for(lambda: sum(j.status == "running" for j in jobs([w.job for w in wishes])) > 6)
    for worker in trials.rig.workers:
        os.kill(worker.pid, signal.SIGTERM)
        text = "until a worker with jobs at a silent model has ended"
        began = time.monotonic()
        wait_for(lambda worker=worker: worker.code() is not None, every=LOOK)
        trials.took("F33", text, 40, time.monotonic() - began)
    burned = sum(job.lost + job.attempt for job in jobs([wish.job for wish in wishes]))
    trials.saw("F33", "attempts burned by stopping both workers", 0, burned)
    trials.rig.mend(everything=True)
    trials.quiet()


def streams_are_cut(trials: Trials) -> None:
    """F22: each first answer of fifty breaks off at another byte; the verdict compares what was made."""
    trials.rig.set_mood("cut everywhere", seconds=3_600)
    for begin in range(0, CUTS, AT_ONCE):
        count = min(AT_ONCE, CUTS - begin)
        trials.ended([trials.client.ask_for("plot.overview", "model") for _ in range(count)])
    trials.rig.mend(everything=True)
    cut = sum(call["reply"] == "cut everywhere" for call in trials.rig.calls())
    trials.saw("F22", "of 50 streams not cut, each at another byte", 0, CUTS - cut)


TRIALS: dict[str, Callable[[Trials], None]] = {
    "F3": one_dispatcher_dies,
    "F5": nobody_is_left_after_the_commit,
    "F13": the_database_dies,
    "F9": the_broker_is_away,
    "F20": the_provider_is_down,
    "F22": streams_are_cut,
    "F33": workers_are_stopped,
}
QUICK = ("F5", "F13")  # what costs seconds
KILLING = {"F3", "F5", "F13"}  # each of these ends a program the hard way
