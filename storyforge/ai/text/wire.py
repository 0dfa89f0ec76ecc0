"""HTTP that can be interrupted: while a call waits, it asks whether it should still go on.

Everything runs on the caller's thread, so `should_stop` may use what belongs to that thread. Waiting
is cut into slices at the socket. Imports the HTTP library, which is slow; import it late.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore2
import httpx2

from storyforge.ai.errors import OutputCut, Stopped
from storyforge.ai.text.endpoint import is_loopback

SLICE = 0.3  # s between two questions while nothing comes
# Each token costs about 150 bytes on the wire: 128,000 tokens are below 20 MB.
MAX_BYTES = 64 * 1024 * 1024
WRITE_CHUNK = 64 * 1024
KEPT = 16  # idle ones: the pool looks at the socket of each of them twice a request
CONNECTIONS = 1_000  # of one provider in one process; waiting happens in the job queue, not here

ShouldStop = Callable[[], bool]


class Watch:
    """One call as its connection sees it: whom to ask, and how much has come."""

    def __init__(self, should_stop: ShouldStop | None) -> None:
        self.should_stop = should_stop
        self._left = MAX_BYTES

    def ask(self) -> None:
        """Raise `Stopped` when the caller wants no more."""
        if self.should_stop is not None and self.should_stop():
            raise Stopped

    def received(self, count: int) -> None:
        """Count bytes. Raises `OutputCut` above `MAX_BYTES`, and `Stopped`."""
        self._left -= count
        if self._left < 0:
            raise OutputCut(f"the AI service sent more than {MAX_BYTES} bytes")
        self.ask()


_watch: ContextVar[Watch] = ContextVar("storyforge_ai_watch")


@contextmanager
def watching(should_stop: ShouldStop | None) -> Iterator[Watch]:
    """Let `should_stop` interrupt the HTTP calls made inside. Raises `Stopped` at once if it is time."""
    watch = Watch(should_stop)
    watch.ask()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


class WatchedStream(httpcore2.NetworkStream):
    """A connection whose waiting is cut into slices."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        watch = _watch.get(None)
        if watch is None:
            return self._inner.read(max_bytes, timeout)
        end = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while True:
            try:
                data = self._inner.read(max_bytes, max(0.001, min(SLICE, end - time.monotonic())))
            except httpcore2.ReadTimeout:
                watch.ask()
                if time.monotonic() >= end:
                    raise
            else:
                watch.received(len(data))
                return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        watch = _watch.get(None)
        for start in range(0, len(buffer), WRITE_CHUNK):
            self._inner.write(buffer[start : start + WRITE_CHUNK], timeout)
            if watch is not None:
                watch.ask()

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _opened(lambda: self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class WatchedBackend(httpcore2.NetworkBackend):
    """Opens connections that can be interrupted, also while they are being opened."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        def connect() -> httpcore2.NetworkStream:
            return self._inner.connect_tcp(host, port, timeout, local_address, socket_options)

        if is_loopback(host):  # accepted or refused at once: not worth a thread
            return WatchedStream(connect())
        return _opened(connect)


def _opened(connect: Callable[[], httpcore2.NetworkStream]) -> WatchedStream:
    """The connection that `connect` opens, on a thread where the call may be interrupted.

    Looking up a name cannot be cut into slices. An abandoned thread ends by its own time limit and
    what it opened is closed.
    """
    watch = _watch.get(None)
    if watch is None or watch.should_stop is None:
        return WatchedStream(connect())
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="connect")
    future = executor.submit(connect)
    executor.shutdown(wait=False)
    try:
        return WatchedStream(_waited(future, watch))
    except Stopped:
        future.add_done_callback(_close)
        raise


def _waited(future: Future[httpcore2.NetworkStream], watch: Watch) -> httpcore2.NetworkStream:
    while True:
        try:
            return future.result(timeout=SLICE)
        except NotYet:
            watch.ask()


def _close(future: Future[httpcore2.NetworkStream]) -> None:
    if future.exception() is None:
        future.result().close()


class WatchedTransport(httpx2.HTTPTransport):
    """The library's transport over connections that can be interrupted."""

    def __init__(self, *, proxy: str | None = None) -> None:
        context = httpx2.create_ssl_context()
        super().__init__(verify=context)
        self._pool = _pool(context, proxy)


def _pool(context: ssl.SSLContext, proxy: str | None) -> httpcore2.ConnectionPool:
    shared: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": CONNECTIONS,
        "max_keepalive_connections": KEPT,
        "network_backend": WatchedBackend(),
    }
    if proxy is None:
        return httpcore2.ConnectionPool(**shared)
    parsed = httpx2.Proxy(proxy)
    return httpcore2.HTTPProxy(proxy_url=str(parsed.url), proxy_auth=parsed.raw_auth, **shared)


def http_client(*, timeout: httpx2.Timeout, key: str, proxy: str | None = None) -> httpx2.Client:
    """A client that follows no redirect and takes neither credentials nor proxies from outside."""

    def only_our_key(request: httpx2.Request) -> None:
        # ANTHROPIC_CUSTOM_HEADERS may hold a key that is meant for another endpoint.
        request.headers["Authorization"] = f"Bearer {key}"
        request.headers.pop("X-Api-Key", None)
        # The client is shared by all accounts: what a provider set for one call is told in no other.
        request.headers.pop("Cookie", None)

    return httpx2.Client(
        transport=WatchedTransport(proxy=proxy),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        event_hooks={"request": [only_our_key]},
    )
