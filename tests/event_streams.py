"""Readers of event streams for tests: over the ASGI application in this process, or over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from storyforge.asgi import application

Result = TypeVar("Result")

PATIENCE = 60.0  # s; a guard against hanging, not a measure


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it came over the wire."""

    seq: int
    type: str
    data: dict[str, Any]


def parse(body: bytes) -> list[Told]:
    """The whole events in a stream so far; comments and `retry` aside."""
    found = []
    for block in body.split(b"\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.decode().split("\n"))
        if "id" in fields:
            data = json.loads(fields["data"])
            assert data["seq"] == int(fields["id"])
            assert data["type"] == fields["event"]
            found.append(Told(int(fields["id"]), fields["event"], data))
    return found


class Call:
    """One GET to the ASGI application: status, headers and the body as it grows.

    While `reading` is cleared the client takes nothing more, as one on a bad line.
    """

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.reading = asyncio.Event()
        self.reading.set()
        self._change = asyncio.Condition()
        self._gone = asyncio.Event()
        parts = urlsplit(path)
        names = {"host": "localhost", "accept": "text/event-stream", **headers}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": parts.path, "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(), "root_path": "",
            "headers": [(n.lower().encode(), v.encode()) for n, v in names.items()],
            "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        }  # fmt: skip
        self._asked = False
        self.task = asyncio.create_task(application(scope, self._receive, self._send))

    @property
    def events(self) -> list[Told]:
        return parse(self.body)

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.events]

    async def until(self, condition) -> None:
        """Wait until `condition(self)` holds."""
        async with asyncio.timeout(PATIENCE), self._change:
            await self._change.wait_for(lambda: condition(self))

    async def end(self) -> None:
        """Wait until the server has closed the stream."""
        async with asyncio.timeout(PATIENCE):
            await self.task

    async def hang_up(self) -> None:
        self._gone.set()
        await self.end()

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reading.wait()
        async with self._change:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {n.decode().lower(): v.decode() for n, v in message["headers"]}
            else:
                self.body += message.get("body", b"")
            self._change.notify_all()


@asynccontextmanager
async def calling(path: str, **headers: str):
    """A call that has been answered; hung up afterwards."""
    call = Call(path, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        await call.until(lambda c: c.status)
        yield call
    finally:
        call.reading.set()
        await call.hang_up()


class HttpReader:
    """A reader over HTTP that comes back after each break with the last id it knows, as browsers do."""

    def __init__(self, port: int, path: str, **headers: str) -> None:
        self.port, self.path, self.headers = port, path, headers
        self.told: list[Told] = []
        self.connects = 0
        self.last_status = 0

    async def read_to_the_end(self, *, again_seconds: float = 0.2) -> None:
        """Until the server says 204."""
        while self.last_status != 204:
            try:
                await self._connect()
            except (ConnectionError, asyncio.IncompleteReadError):
                self.last_status = 0
            if self.last_status not in (200, 204):
                await asyncio.sleep(again_seconds)

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        try:
            last = str(self.told[-1].seq) if self.told else ""
            names = {"Host": "localhost", "Accept": "text/event-stream", **self.headers}
            names |= {"Last-Event-ID": last} if last else {}
            lines = "".join(f"{name}: {value}\r\n" for name, value in names.items())
            writer.write(f"GET {self.path} HTTP/1.1\r\n{lines}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            self.last_status = int(head.split(b" ", 2)[1])
            self.connects += 1
            if self.last_status == 200:
                await self._stream(reader)
        finally:
            writer.close()

    async def _stream(self, reader: asyncio.StreamReader) -> None:
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
            whole, _, body = body.rpartition(b"\n\n")
            for event in parse(whole + b"\n\n") if whole else ():
                self.take(event)

    def take(self, event: Told) -> None:
        """Keep what came."""
        self.told.append(event)


@contextmanager
def no_other_loop() -> Iterator[None]:
    """The loop of a browser that an earlier test of this process began rests; asyncio takes it for running."""
    resting = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(resting)


def run_loop(scenario: Coroutine[Any, Any, Result]) -> Result:
    """What it returns, run in a loop of its own."""
    with no_other_loop():
        return asyncio.run(scenario)
