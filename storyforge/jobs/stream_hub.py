"""One listener for each web process: it hears of new events and hands them to the readers there."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.db import DatabaseError, connections

from storyforge.jobs.events import Frame, fresh
from storyforge.jobs.listening import direct_parameters
from storyforge.jobs.models import EVENT_CHANNEL

logger = logging.getLogger(__name__)

MOST_UNSENT = 256  # events; a reader that is further behind reads them from the table later
# Everybody's rows are looked at so often also without a notification: a database behind a transaction
# pool or a broken network never sends one.
LOOK_SECONDS = 5.0
AGAIN_SECONDS = 1.0  # between tries while the database is away
CONNECT_SECONDS = 5

Answer = TypeVar("Answer")

# All of a process's streams share these, and the few connections they use for a moment.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="stream")


# Streams of each person in this process; only event loops change it.
_open: Counter[int | None] = Counter()


def open_streams(person: int | None) -> int:
    """How many streams this person follows at this process; ones that are only just asked for aside."""
    return _open[person]


async def in_thread(call: Callable[[], Answer]) -> Answer:
    """What `call` answers, off the event loop; gives its database connection back at once."""

    def run() -> Answer:
        try:
            return call()
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


class Reader:
    """Somebody who follows one job from event `after` on, and what they have not been sent."""

    def __init__(
        self, job_id: UUID, *, after: int, person: int | None, task: asyncio.Task[Any]
    ) -> None:
        self.job_id, self.after, self.person = job_id, after, person
        self.is_dropped = self.is_due = False
        self._unsent: deque[Frame] = deque()
        self._news = asyncio.Event()
        self._task = task

    def give(self, frame: Frame) -> None:
        """Add what comes next; what they have already is passed over. The slow are dropped."""
        if frame.seq <= self.after or self.is_dropped:
            return
        if len(self._unsent) >= MOST_UNSENT:
            self.is_dropped = True
            self._task.cancel()  # it is stuck in sending
            return
        self.after = frame.seq
        self._unsent.append(frame)
        self._news.set()

    def check_in(self, seconds: float) -> None:
        """End the wait after so long, with `is_due` set."""
        # One timer a ping; a time limit on each wait would be thousands of timers a second.
        asyncio.get_running_loop().call_later(seconds, self._fall_due)

    def _fall_due(self) -> None:
        self.is_due = True
        self._news.set()

    async def wait(self) -> None:
        """Until there is something to send, or a check is due."""
        await self._news.wait()

    def take(self) -> list[Frame]:
        """Everything that is to be sent."""
        frames = list(self._unsent)
        self._unsent.clear()
        self._news.clear()
        return frames


class Hub:
    """The readers of one event loop, by job. Works while there are any.

    A notification only says that a job's readers may be behind the table. What they get is read from
    the table, from where each of them is: so nothing is missing or doubled, whatever becomes of
    notifications.
    """

    def __init__(self) -> None:
        self._readers: defaultdict[UUID, set[Reader]] = defaultdict(set)
        self._behind: set[UUID] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def join(self, job_id: UUID, *, after: int, person: int | None = None) -> Reader:
        """A reader that gets everything after the given number until the current task ends."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        reader = Reader(job_id, after=after, person=person, task=task)
        self._readers[job_id].add(reader)
        _open[person] += 1
        # The generator that reads may be closed much later than its task ends.
        task.add_done_callback(lambda _: self._leave(reader))
        self._mark([job_id])
        # No `await` between question and answer: however many come at once, one of them starts it.
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._feed())]
        return reader

    def _leave(self, reader: Reader) -> None:
        readers = self._readers.get(reader.job_id, set())
        if reader not in readers:
            return
        readers.discard(reader)
        _open[reader.person] -= 1
        if not _open[reader.person]:
            del _open[reader.person]
        if not readers:
            del self._readers[reader.job_id]
        if not self._readers:
            self._stop()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    def _mark(self, job_ids: Iterable[UUID]) -> None:
        self._behind.update(job_ids)
        self._wake.set()

    async def _listen(self) -> None:
        """Hear the notifications; connects again for as long as it takes."""
        while True:
            try:
                parameters = direct_parameters() | {"connect_timeout": CONNECT_SECONDS}
                listener = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
                async with listener:
                    await listener.execute(f"LISTEN {EVENT_CHANNEL}")
                    await self._hear(listener)
            except (psycopg.Error, OSError) as error:
                logger.warning("stream: database away: %s", error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _hear(self, listener: psycopg.AsyncConnection[object]) -> None:
        while True:
            self._mark(self._readers)
            async for notice in listener.notifies(timeout=LOOK_SECONDS):
                job_id, _, seq = notice.payload.partition(" ")
                readers = self._readers.get(UUID(job_id), ())
                if any(reader.after < int(seq) for reader in readers):
                    self._mark([UUID(job_id)])

    async def _feed(self) -> None:
        """Read what the marked jobs' readers lack, one query for all of them, and hand it out."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            behind, self._behind = self._behind, set()
            wanted = {
                job_id: min(reader.after for reader in self._readers[job_id])
                for job_id in behind & self._readers.keys()
            }
            if not wanted:
                continue
            try:
                frames = await in_thread(partial(fresh, wanted, most=MOST_UNSENT))
            except DatabaseError as error:
                logger.warning("stream: database away: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
                self._mark(behind)
                continue
            self._hand_out(frames)

    def _hand_out(self, frames: list[Frame]) -> None:
        counts: defaultdict[UUID, int] = defaultdict(int)
        for frame in frames:
            counts[frame.job_id] += 1
            for reader in list(self._readers.get(frame.job_id, ())):
                reader.give(frame)
                if reader.is_dropped:
                    self._leave(reader)
        self._mark(job_id for job_id, count in counts.items() if count == MOST_UNSENT)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this event loop; a web process has one."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
