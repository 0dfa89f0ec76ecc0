"""The scripted server: what it answers, and its life."""

from __future__ import annotations

import contextlib
import random
import socket
import socketserver
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from tests.scripted_model import faults as faults_module
from tests.scripted_model.calls import Call, CallLog
from tests.scripted_model.handler import Handler
from tests.scripted_model.replies import Asked, Reply, reply_from

# A key that tests hand out and then look for where it must not be.
KEY = "sk-scripted-0123456789-never-to-be-seen"
ENDING = 3.0  # s that open calls are given to notice the end


class ScriptedModel:
    """An Anthropic-compatible Messages endpoint on 127.0.0.1, port 0 for a free one.

    Each call takes the next queued answer; when none is queued, chance may pick one of `faults` (name
    to probability, see `faults.FAULTS`); else `answer` is asked, a function of `Asked` or a fixed
    answer; else the schema found in the request is filled in. `latency` and `rate` hold for replies
    that set none of their own. With `key`, other keys get 401. Ended calls are appended to `log_file`.

        with ScriptedModel(faults={"overloaded": 0.1}, seed=7) as server:
            server.queue({"title": "First"}, faults.rate_limited(after=2))
            ... server.url ... server.calls
    """

    def __init__(
        self,
        *,
        answer: Any = None,
        faults: Mapping[str, float] | None = None,
        seed: int = 0,
        latency: float = 0.0,
        rate: float = 0.0,
        words: int = 8,
        key: str = "",
        port: int = 0,
        log_file: Path | None = None,
    ) -> None:
        self.answer = answer
        self.faults = dict(faults or {})
        if unknown := set(self.faults) - set(faults_module.FAULTS):
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        self.seed, self.latency, self.rate, self.words = seed, latency, rate, words
        self.key = key
        self.log = CallLog(log_file)
        self.stopping = threading.Event()
        self._queue: deque[Any] = deque()
        self._lock = threading.Lock()
        handler = type("ScriptedHandler", (Handler,), {"script": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> list[Call]:
        """All calls so far, open ones too."""
        return self.log.all()

    def queue(self, *answers: Any) -> None:
        """Add answers for the next calls: `Reply`, value, text, or a function of `Asked`."""
        with self._lock:
            self._queue.extend(answers)

    def arrived(self, count: int = 1, *, timeout: float = 5.0) -> list[Call]:
        """The calls, once `count` have come."""
        return self.log.wait(count, settled=False, timeout=timeout)

    def settled(self, count: int = 1, *, timeout: float = 5.0) -> list[Call]:
        """The calls, once `count` have come and none is open."""
        return self.log.wait(count, settled=True, timeout=timeout)

    def accepts_key(self, authorization: str) -> bool:
        """Whether the header carries the key, where one is wanted."""
        return not self.key or authorization == f"Bearer {self.key}"

    def next_reply(self, call: Call, body: dict[str, Any]) -> Reply:
        """What this call gets. The same for the same seed and call number."""
        asked = Asked(
            number=call.number,
            body=body,
            seed=self.seed * 1_000_003 + call.number,
            words=self.words,
        )
        with self._lock:
            answer = self._queue.popleft() if self._queue else self._by_chance(asked)
        reply = reply_from(answer, asked).within(body["max_tokens"])
        return replace(
            reply,
            latency=self.latency if reply.latency is None else reply.latency,
            rate=self.rate if reply.rate is None else reply.rate,
        )

    def _by_chance(self, asked: Asked) -> Any:
        drawn = random.Random(asked.seed).random()  # noqa: S311
        for name, probability in self.faults.items():
            drawn -= probability
            if drawn < 0:
                return faults_module.FAULTS[name]
        return faults_module.valid if self.answer is None else self.answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        with contextlib.suppress(TimeoutError):
            self.log.wait(0, settled=True, timeout=ENDING)
        self._server.end_connections()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1_024  # hundreds of callers may come in the same instant

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away while it is read is no error of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def end_connections(self) -> None:
        """Close what clients keep open for their next call."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
