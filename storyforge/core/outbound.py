"""The one HTTP client for addresses that a user may choose: it reaches no inner address.

Three things must hold before a byte is sent, and each is checked where it cannot be circumvented:
the URL says https and nothing odd (`check_url`); the name is looked up once and that answer alone is
connected to, so that a second answer of the resolver is never used (`requests_hardened`); the address
of the socket itself is a public one (`_Guarded`). Redirects are not followed, proxies and `.netrc` of
the environment are not read, an answer is cut at `MAX_ANSWER`, and the time limit is for all of it:
a receiver that sends one byte each second is hung up on.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from storyforge.core.errors import StoryforgeError

MAX_URL = 500  # characters
MAX_ANSWER = 64 * 1024  # bytes that are read of an answer; the rest is not waited for
CONNECT_SECONDS = 5.0
AGENT = "Storyforge"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Its warning names the inner address a name leads to; who may read logs need not learn it.
logging.getLogger("requests_hardened").setLevel(logging.ERROR)


class AddressRefused(StoryforgeError):
    """This address cannot be used: it must be a public one, with https."""

    code = "address_refused"
    status = 400


class Unreachable(StoryforgeError):
    """The receiver could not be reached at a public address, or took too long to answer."""

    # A name that does not exist and one that leads inside are told apart nowhere: the answer
    # would map the inner network for whoever asks.
    code = "receiver_unreachable"
    status = 502
    retryable = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a receiver answered: `body` holds at most `MAX_ANSWER` bytes, as they came."""

    status: int
    body: bytes
    seconds: float


def check_url(url: str) -> str:
    """The URL, if its text alone allows it. Raises `AddressRefused`.

    Nothing is looked up: a name may lead elsewhere when it is used.
    """
    parts = _split(url)
    plain = parts.scheme == "http" and settings.OUTBOUND_LOOPBACK and _is_this_machine(parts)
    if parts.scheme != "https" and not plain:
        raise AddressRefused("The address must start with https://.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("The address may not hold a user name or password.")
    literal = _literal(parts.hostname or "")
    if literal is not None and not is_outer(literal):
        raise AddressRefused("This address is not a public one.")
    return url


def _split(url: str) -> SplitResult:
    """The parts of a URL in which every reader sees the same host."""
    odd = any(c.isspace() or not c.isprintable() or c == "\\" for c in url)
    if odd or not url.isascii() or len(url) > MAX_URL:
        raise AddressRefused("This is not a web address.")
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0
    except ValueError as error:
        raise AddressRefused("This is not a web address.") from error
    if not named:
        raise AddressRefused("This is not a web address.")
    return parts


def _is_this_machine(parts: SplitResult) -> bool:
    literal = _literal(parts.hostname or "")
    return parts.hostname == "localhost" or (literal is not None and literal.is_loopback)


def _literal(host: str) -> Address | None:
    """The address a host is written as, in any spelling the system's resolver takes; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:  # 0x7f.1, 017700000001, 2130706433
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_outer(address: Address) -> bool:
    """Whether a user's request may be sent to this address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_outer(address.ipv4_mapped)
        # Addresses that carry an IPv4 address for a gateway to reach.
        if address.sixtofour or address.teredo or address.is_site_local:
            return False
    if address.is_loopback:
        return bool(settings.OUTBOUND_LOOPBACK)
    return address.is_global and not (address.is_multicast or address.is_reserved)


class _Deadline:
    """Hangs up on a connection when the time for the whole exchange is over."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self.over = False

    def watch(self, connected: socket.socket) -> None:
        # A duplicate: TLS takes the first socket over, and leaves nothing to shut down.
        with self._lock:
            self._sockets.append(connected.dup())
        if self.over:
            self._hang_up()

    def _hang_up(self) -> None:
        self.over = True
        with self._lock:
            for each in self._sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:  # the receiver was first
                    continue

    @contextmanager
    def running(self) -> Iterator[None]:
        self._timer.start()
        token = _deadline.set(self)
        try:
            yield
        finally:
            _deadline.reset(token)
            self._timer.cancel()
            with self._lock:
                while self._sockets:
                    self._sockets.pop().close()


_deadline: ContextVar[_Deadline] = ContextVar("storyforge_outbound_deadline")


class _Guarded:
    """Looks at the very address that is about to be connected to."""

    host: str
    only_loopback: ClassVar[bool] = False

    def _new_conn(self) -> socket.socket:
        address = ipaddress.ip_address(self.host.strip("[]"))
        if not is_outer(address) or (self.only_loopback and not address.is_loopback):
            raise Unreachable
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]
        _deadline.get().watch(connected)
        return connected


class _Plain(_Guarded, HTTPConnection):
    only_loopback = True


class _Secure(_Guarded, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(IPFilterAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def _session() -> HTTPSession:
    """A session for one request: it holds no cookies and keeps no connection."""
    loopback = bool(settings.OUTBOUND_LOOPBACK)
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=loopback,
        never_redirect=True,
        default_timeout=(CONNECT_SECONDS, CONNECT_SECONDS),
        user_agent_override=AGENT,
    )
    session = HTTPSession(config)
    for scheme in ("http", "https"):
        adapter = _Adapter(is_https_proto=scheme == "https", allow_loopback=loopback)
        session.mount(f"{scheme}://", adapter)
    session.trust_env = False
    return session


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Send a body and return the answer, whatever its status; 3xx is an answer like any other.

    Raises `AddressRefused` for a URL that may not be used, `Unreachable` for all else that can go
    wrong within `seconds`, which count for the whole exchange.
    """
    check_url(url)
    begun = time.monotonic()
    deadline = _Deadline(seconds)
    try:
        with deadline.running(), _session() as session:
            status, text = _exchange(session, url, body, headers, seconds)
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
        raise Unreachable from error
    return Answer(status=status, body=text, seconds=time.monotonic() - begun)


def _exchange(
    session: HTTPSession, url: str, body: bytes, headers: Mapping[str, str], seconds: float
) -> tuple[int, bytes]:
    sent = {**headers, "Accept-Encoding": "identity", "Connection": "close"}
    with session.post(
        url,
        data=body,
        headers=sent,
        stream=True,
        allow_redirects=False,
        timeout=(min(CONNECT_SECONDS, seconds), seconds),
    ) as response:
        try:
            text = response.raw.read(MAX_ANSWER, decode_content=False)
        except (HTTPError, OSError):  # the status says what became of it; the rest is courtesy
            text = b""
        return response.status_code, text
