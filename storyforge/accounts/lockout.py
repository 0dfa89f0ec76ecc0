"""Wrong tries are counted by django-axes, for each account and address, in rows that name neither."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.http import HttpRequest

from storyforge.accounts.models import User
from storyforge.accounts.peppers import pseudonym
from storyforge.core.rates import address_of


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """`AXES_USERNAME_CALLABLE`: a pseudonym of the address as typed, whether it has an account or not."""
    typed = str((credentials or {}).get("username") or "")
    return pseudonym(f"account:{typed.strip().lower()}")


def address_key(request: HttpRequest) -> str:
    """`AXES_CLIENT_IP_CALLABLE`: a pseudonym of the network address in the form of a private IPv6 one."""
    hashed = int(pseudonym(f"address:{address_of(request)}"), 16)
    return str(ipaddress.IPv6Address((0xFD << 120) | (hashed >> 8)))


def cool_off(request: HttpRequest | None = None) -> timedelta:
    """`AXES_COOLOFF_TIME`."""
    return timedelta(minutes=settings.SIGN_IN_COOL_OFF_MINUTES)


def one_at_a_time(request: HttpRequest, email: str) -> None:
    """Wait for other tries at this account from this address; call it inside a transaction.

    axes reads the count before a try and raises it after: tries at the same moment would all be let in.
    """
    key = pseudonym(f"try:{account_key(request, {'username': email})}:{address_of(request)}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])


def is_locked(request: HttpRequest) -> bool:
    """Whether axes has refused this request's try."""
    return bool(getattr(request, "axes_locked_out", False))


def is_locked_for(request: HttpRequest, user: User) -> bool:
    """Whether a try at this account from here would be refused."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.email})


def count_failure(request: HttpRequest, user: User) -> None:
    """A wrong second factor counts like a wrong password."""
    user_login_failed.send(sender=__name__, credentials={"username": user.email}, request=request)


def forget(request: HttpRequest, user: User) -> None:
    """After a sign-in: wrong tries from here count from nothing again."""
    AxesProxyHandler.reset_attempts(
        username=account_key(request, {"username": user.email}), ip_address=address_key(request)
    )
