"""From an e-mail address, a password and perhaps a code to a person, or one of three refusals."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.http import HttpRequest

from storyforge.accounts import audit, lockout, second_factor
from storyforge.accounts.errors import (
    PasswordNeeded,
    RefreshRefused,
    SecondFactorNeeded,
    SignInLocked,
    SignInRefused,
)
from storyforge.accounts.jwt import access_token
from storyforge.accounts.mail import tell
from storyforge.accounts.models import RefreshToken, TokenFamily, User
from storyforge.core import clock

Pair = dict[str, str | int]
PROVED = "proved"  # in the session: when somebody last showed that it is them
PROVED_SECONDS = 900  # how long one is believed to be oneself for what others must not do


def check_password(request: HttpRequest, *, email: str, password: str) -> User:
    """Whose password this is.

    Raises `SignInRefused`, the same for an unknown address, a wrong password, a disabled and an
    unconfirmed account, or `SignInLocked` after too many of them.
    """
    with transaction.atomic():
        lockout.one_at_a_time(request, email)
        user = authenticate(request, username=email, password=password)
    if user is None:
        audit.note(
            request, "sign_in.failed", person=User.objects.filter(email=email.lower()).first()
        )
        raise _locked() if lockout.is_locked(request) else SignInRefused()
    return user


def check_code(request: HttpRequest, user: User, code: str) -> None:
    """Use a code of the second factor up; raises `SignInRefused` or `SignInLocked`."""
    with transaction.atomic():
        lockout.one_at_a_time(request, user.email)
        locked = lockout.is_locked_for(request, user)
        right = not locked and second_factor.use_code(user, code)
        if not locked and not right:
            lockout.count_failure(request, user)
    if not right:
        audit.note(request, "sign_in.failed", person=user)
        raise _locked() if locked else SignInRefused("This code is not right, or was used before.")


def check_passkey(request: HttpRequest, credential: Any, *, person: User | None = None) -> User:
    """Whose passkey answered our challenge, `person`'s where one is given; raises `SignInRefused`."""
    user = second_factor.person_of_passkey(credential, expected=person)
    if user is None:
        audit.note(request, "sign_in.failed", person=person)
        raise SignInRefused("This passkey was not accepted. Try again.")
    return user


def check_factor(request: HttpRequest, user: User, *, code: str, credential: Any) -> None:
    """A second factor of this person: a passkey's answer, else a code."""
    if credential:
        check_passkey(request, credential, person=user)
    else:
        check_code(request, user, code)


def sign_in_client(request: HttpRequest, *, email: str, password: str, code: str) -> Pair:
    """Tokens for a REST client; raises `SecondFactorNeeded` where a right password is not enough."""
    user = check_password(request, email=email, password=password)
    has_factor = second_factor.is_on(user)
    if has_factor:
        if not code:
            raise SecondFactorNeeded
        check_code(request, user, code)
    lockout.forget(request, user)
    update_last_login(None, user)  # type: ignore[arg-type]
    agent = request.headers.get("User-Agent", "")
    family = TokenFamily.start(user, agent=agent, factor_shown=has_factor)
    audit.note(request, "sign_in", person=user)
    return _pair(family, RefreshToken.issue(family))


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Raise `PasswordNeeded` unless this is the person's; wrong ones count towards the lock."""
    try:
        check_password(request, email=user.email, password=password)
    except SignInRefused as error:
        raise PasswordNeeded from error


def proved_lately(request: HttpRequest, family: TokenFamily | None = None) -> bool:
    """Whether they signed in, or showed again that it is them, within a quarter of an hour."""
    if family is not None:
        latest = family.created_at.timestamp()
    else:
        latest = max(request.session.get(PROVED, 0), request.session.get("started", 0))
    return bool(clock.now().timestamp() - latest < PROVED_SECONDS)


def keep_signed_in(request: HttpRequest, user: User) -> None:
    """After a change of the password: this session goes on, under another key."""
    update_session_auth_hash(request, user)


def renew(request: HttpRequest, refresh_token: str) -> Pair:
    """The next pair of tokens; raises `RefreshRefused`. A replay is told to its owner by mail."""
    renewal = RefreshToken.renew(refresh_token)
    owner = renewal.family.user if renewal.family else None
    if renewal.replayed and owner:
        audit.note(request, "refresh_token.replayed", person=owner)
        tell(owner, "replayed")
    if renewal.family is None or not renewal.refresh_token:
        raise RefreshRefused
    audit.note(request, "refresh_token.used", person=owner)
    return _pair(renewal.family, renewal.refresh_token)


def _pair(family: TokenFamily, refresh_token: str) -> Pair:
    return {
        "access_token": access_token(family),
        "refresh_token": refresh_token,
        "token_type": "bearer",
        "expires_in": settings.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
    }


def _locked() -> SignInLocked:
    error = SignInLocked()
    error.retry_after = settings.SIGN_IN_COOL_OFF_MINUTES * 60
    return error
