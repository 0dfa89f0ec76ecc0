"""How often one person, and one address, may call: counted where all processes see it.

The counts live in the Redis-protocol broker and are taken by one script there, so they are exact however many
requests come at once. While it is away each process counts for itself.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from storyforge.core.errors import StoryforgeError

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports the throttle below

logger = logging.getLogger(__name__)

Handler = TypeVar("Handler", bound=Callable[..., Any])

BROKER_SECONDS = 0.5  # longer than the broker ever takes; a request does not wait for a dead one
AWAY_SECONDS = 5.0  # before a broker that was away is asked again
IPV6_PREFIX = 64  # what one customer is given, so addresses inside it are one


class Rate(StrEnum):
    """What is counted together. `settings.RATES` holds each one's limit."""

    READS = "reads"
    WRITES = "writes"
    GENERATION = "generation"
    SIGN_IN = "sign_in"
    LETTERS = "letters"


class RateLimited(StoryforgeError):
    """Too many requests; wait for `Retry-After` seconds."""

    code = "rate_limited"
    status = 429
    retryable = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How much of a limit is left: `quota` in each `window` seconds, `reset` seconds from now."""

    rate: Rate
    quota: int
    window: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.rate}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.rate}";r={self.remaining};t={self.reset}',
        }


def count(request: HttpRequest, rate: Rate, *, actor: str = "") -> None:
    """Count a request of an actor (nobody's: of its address alone); raises `RateLimited`.

    An address may do `RATE_PER_ADDRESS` times what a person may: people share them. The answer gets the
    headers of the person's limit, see `middleware.RateHeaders`.
    """
    if not settings.RATE_LIMITS:
        return
    address = address_of(request)
    one = parse(settings.RATES[rate])
    if actor:
        _hit(request, rate, one, f"actor:{actor}")
        many = type(one)(one.amount * settings.RATE_PER_ADDRESS, one.multiples)
        _hit(request, rate, many, f"address:{address}", told=False)
    else:
        _hit(request, rate, one, f"alone:{address}")


def is_spent(rate: Rate, who: str) -> bool:
    """Count one more of `who`, and say whether it was too many; the answer to the request tells nothing of it."""
    item = parse(settings.RATES[rate])
    return settings.RATE_LIMITS and not _counts().ask(lambda counts: counts.hit(item, rate, who))


def _hit(
    request: HttpRequest, rate: Rate, item: RateLimitItem, who: str, *, told: bool = True
) -> None:
    def ask(limiter: SlidingWindowCounterRateLimiter) -> tuple[bool, Standing]:
        fits = limiter.hit(item, rate, who)
        if fits and not told:
            return True, _standing(rate, item, remaining=0, reset=0)
        stats = limiter.get_window_stats(item, rate, who)
        wait = max(1, math.ceil(stats.reset_time - time.time()))
        return fits, _standing(rate, item, remaining=stats.remaining if fits else 0, reset=wait)

    fits, standing = _counts().ask(ask)
    if told or not fits:
        request.rate_standing = standing  # type: ignore[attr-defined]
    if not fits:
        error = RateLimited()
        error.members["violated-policies"] = [str(rate)]
        error.retry_after = standing.reset
        raise error


def _standing(rate: Rate, item: RateLimitItem, *, remaining: int, reset: int) -> Standing:
    return Standing(
        rate=rate, quota=item.amount, window=item.get_expiry(), remaining=remaining, reset=reset
    )


def address_of(request: HttpRequest) -> str:
    """Who called: the peer, or what the trusted proxy says its peer was; IPv6 by its network.

    Only the last entry of `X-Forwarded-For` is the proxy's word. All before it is the client's.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY and _inside(peer, settings.TRUSTED_PROXY):
        peer = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or peer
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:  # a Unix socket has none
        return "local"
    if address.version == 6:
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def _inside(peer: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(peer) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


class Counts:
    """The counts in the broker, and in this process while it is away."""

    def __init__(self, url: str) -> None:
        self._shared = _limiter(
            RedisStorage(
                _limits_url(url),
                key_prefix="storyforge:rates",
                socket_timeout=BROKER_SECONDS,
                socket_connect_timeout=BROKER_SECONDS,
            )
        )
        self._own = _limiter(MemoryStorage())
        self._away_until = 0.0

    def ask(self, question: Callable[[SlidingWindowCounterRateLimiter], Any]) -> Any:
        """The answer of the broker's counts, or of this process's own."""
        if time.monotonic() < self._away_until:
            return question(self._own)
        try:
            answer = question(self._shared)
        except RedisError as error:
            if not self._away_until:
                logger.warning("broker away, each process counts rates for itself: %s", error)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return question(self._own)
        if self._away_until:
            logger.warning("broker back, rates are counted there again")
            self._away_until = 0.0
        return answer


def _limiter(storage: Storage) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(storage)


def _limits_url(url: str) -> str:
    """The broker's URL as `limits` spells a Unix socket."""
    scheme, _, rest = url.partition("://")
    if scheme in ("unix", "redis+socket"):
        return f"redis+unix://{rest.replace('virtual_host=', 'db=')}"
    return url


def _counts() -> Counts:
    return _counts_at(settings.REDIS_URL)


_counts_at = cache(Counts)


def rated(rate: Rate) -> Callable[[Handler], Handler]:
    """Count an API method as this rate; otherwise safe methods are reads, the others writes."""

    def mark(handler: Handler) -> Handler:
        handler.rate = rate  # type: ignore[attr-defined]
        return handler

    return mark


class RateThrottle(BaseThrottle):
    """Counts each API request once its caller is known and its body has been read."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        name = getattr(view, "action", None) or str(request.method).lower()
        handler = getattr(view, name, None)
        if handler is None:  # 405 is next
            return True
        safe = request.method in SAFE_METHODS
        if not safe:
            request.data  # noqa: B018 - a body that cannot be read is refused before it is counted
        rate = getattr(handler, "rate", Rate.READS if safe else Rate.WRITES)
        actor = str(request.user.pk) if request.user.is_authenticated else ""
        count(request._request, rate, actor=actor)  # noqa: SLF001 - the middleware sees this one
        return True
