"""One listener for each web process: it hears of new events and hands them to the readers there."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
LONGEST_REST = 0.015  # s between two queries; what is notified meanwhile is one of them
TICK_SECONDS = 0.25  # between two looks for readers who are due
PING = b": ping\n\n"
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


@dataclass(frozen=True, slots=True)
class Pass:
    """By what right somebody reads: whatever has the same key may see the same jobs.

    `ask` says which of some jobs they may see now; it asks the database.
    """

    key: Hashable
    person: int | None
    ask: Callable[[set[UUID]], set[UUID]]


class Reader:
    """Somebody who follows one job from event `after` on, and what they have not been sent."""

    def __init__(
        self, job_id: UUID, *, after: int, by: Pass, every: float, task: asyncio.Task[Any]
    ) -> None:
        self.job_id, self.after, self.by, self.every = job_id, after, by, every
        self.is_over = False
        self._loop = asyncio.get_running_loop()
        # Readers that all come back at once, after a restart, do not all ask again at once.
        self.due_at = self._loop.time() + every * random.uniform(0.5, 1)  # noqa: S311
        self._unsent: list[bytes] = []
        self._news: asyncio.Future[None] | None = None
        self._task = task

    def give(self, frame: Frame) -> None:
        """Add what comes next; what they have already is passed over. The slow are let go."""
        if frame.seq <= self.after or self.is_over:
            return
        if len(self._unsent) >= MOST_UNSENT:
            self.is_over = True
            self._task.cancel()  # it is stuck in sending
            return
        self.after = frame.seq
        self.is_over = frame.is_last
        self._add(frame.data)

    def ping(self) -> None:
        """Say that we are still there, and be due again after a while."""
        self.due_at = self._loop.time() + self.every
        if not self._unsent:
            self._add(PING)

    def end(self) -> None:
        """There is nothing more for them."""
        self.is_over = True
        self._wake()

    async def take(self) -> bytes:
        """Everything that is to be sent, once there is something; nothing after the end."""
        while not self._unsent:
            if self.is_over:
                return b""
            self._news = self._loop.create_future()
            await self._news
        chunk = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
        self._unsent.clear()
        return chunk

    def _add(self, data: bytes) -> None:
        self._unsent.append(data)
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


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

    def join(self, job_id: UUID, *, after: int, by: Pass, every: float) -> Reader:
        """A reader that gets everything after the given number until the current task ends.

        Each `every` seconds it is asked whether they still may, and a ping is sent.
        """
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        reader = Reader(job_id, after=after, by=by, every=every, task=task)
        self._readers[job_id].add(reader)
        _open[by.person] += 1
        # The generator that reads may be closed much later than its task ends.
        task.add_done_callback(lambda _: self._leave(reader))
        self._mark([job_id])
        # No `await` between question and answer: however many come at once, one of them starts it.
        if not self._tasks:
            work = (self._listen(), self._feed(), self._check())
            self._tasks = [asyncio.create_task(each) for each in work]
        return reader

    def _leave(self, reader: Reader) -> None:
        readers = self._readers.get(reader.job_id, set())
        if reader not in readers:
            return
        readers.discard(reader)
        person = reader.by.person
        _open[person] -= 1
        if not _open[person]:
            del _open[person]
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
        """Read what the marked jobs' readers lack, one query for all of them, and hand it out.

        A notification is looked at as soon as it comes. After that it rests for as long as this took: a flood
        leaves half of the loop's time to the sending.
        """
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            begun = loop.time()
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
            await asyncio.sleep(min(loop.time() - begun, LONGEST_REST))

    def _hand_out(self, frames: list[Frame]) -> None:
        counts: defaultdict[UUID, int] = defaultdict(int)
        for frame in frames:
            counts[frame.job_id] += 1
            for reader in list(self._readers.get(frame.job_id, ())):
                reader.give(frame)
                if reader.is_over:
                    self._leave(reader)
        self._mark(job_id for job_id, count in counts.items() if count == MOST_UNSENT)

    async def _check(self) -> None:
        """Ping whoever still may read, and end the others: one question for all with the same pass."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = loop.time()
            due: defaultdict[Hashable, list[Reader]] = defaultdict(list)
            for readers in self._readers.values():
                for reader in readers:
                    if reader.due_at <= now:
                        due[reader.by.key].append(reader)
            for group in due.values():
                await self._check_group(group)

    async def _check_group(self, group: list[Reader]) -> None:
        jobs = {reader.job_id for reader in group}
        try:
            allowed = await in_thread(partial(group[0].by.ask, jobs))
        except DatabaseError as error:  # nobody is told anything either until it is back
            logger.warning("stream: database away: %s", error)
            allowed = jobs
        for reader in group:
            if reader.job_id in allowed:
                reader.ping()
            else:
                reader.end()
                self._leave(reader)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this event loop; a web process has one."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
