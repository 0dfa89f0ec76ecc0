"""Codes and passkeys, by allauth's MFA: its tables, its algorithms, our pages."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt as read_secret
from allauth.mfa.utils import encrypt as keep_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request

from storyforge.accounts import recovery
from storyforge.accounts.models import User
from storyforge.core import encryption

SESSION_MARK = "second_factor"  # in the session once a factor was shown in it
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
NAME_LENGTH = 60
# What a credential that is no credential makes the parsers raise.
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ValidationError)


class Adapter(DefaultMFAAdapter):
    """`MFA_ADAPTER`: secrets are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return "Storyforge"

    def _get_site_name(self) -> str:
        return "Storyforge"


def is_on(user: User) -> bool:
    """Whether a password is not enough for this account."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def factors(user: User) -> list[Authenticator]:
    """Apps and passkeys, oldest first."""
    rows = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return list(rows.order_by("created_at", "pk"))


def has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


def was_shown(request: HttpRequest | Request) -> bool:
    """Whether whoever is signed in here has shown a second factor."""
    return bool(request.session.get(SESSION_MARK))


def is_behind(request: HttpRequest | Request) -> bool:
    """Whether a second factor stands behind a request: shown in the session, or before its token was made."""
    proof = getattr(request, "auth", None)
    if proof is None:
        return was_shown(request)
    return bool(proof.factor_shown) and is_on(proof.user)


def of_staff(request: HttpRequest | Request) -> bool:
    """Whether somebody of the staff asks, with the proof that the staff's site wants."""
    user = request.user
    return bool(user.is_authenticated and user.is_staff) and is_behind(request)


def use_code(user: User, code: str) -> bool:
    """Whether this is the app's current code or an unused recovery code; either works once.

    The rows are locked and remember the last time step used: of two requests with one code, one wins,
    whichever process they reach.
    """
    typed = "".join(code.split()).replace("-", "")
    with transaction.atomic():
        # Locked in one order: two requests of one person would each wait for the other's row.
        rows = Authenticator.objects.select_for_update().filter(user=user).order_by("pk")
        for row in rows.exclude(type=Authenticator.Type.WEBAUTHN):
            if row.type == Authenticator.Type.TOTP and _use_step(row, typed):
                return True
            if row.type == Authenticator.Type.RECOVERY_CODES and recovery.use(row, typed):
                return True
    return False


def _use_step(row: Authenticator, typed: str) -> bool:
    secret = read_secret(row.data["secret"])
    step = _step_of(secret, typed)
    if step is None or step <= row.data.get("step", 0):
        return False
    row.data |= {"step": step, "secret": keep_secret(secret)}  # under the newest key
    row.save(update_fields=["data"])
    row.record_usage()
    return True


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute whose code this is (RFC 6238): this one, or None."""
    for counter in totp.yield_hotp_counters_from_time():
        value = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if totp.compare_user_code(actual=typed, expected=value):
            return int(counter)
    return None


def new_secret() -> str:
    """A secret for an authenticator app, base 32."""
    return str(totp.generate_totp_secret())


def totp_uri(user: User, secret: str) -> str:
    """What the QR code says (otpauth://totp/…)."""
    return str(Adapter().build_totp_url(user, secret))


def totp_picture(uri: str) -> str:
    """The QR code as the `data:` URL of an SVG picture."""
    svg = base64.b64encode(Adapter().build_totp_svg(uri).encode()).decode()
    return f"data:image/svg+xml;base64,{svg}"


def turn_on_totp(user: User, secret: str, code: str) -> bool:
    """Keep the secret if the app shows its code; False when it does not."""
    step = _step_of(secret, "".join(code.split()))
    if step is None:
        return False
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        row = totp.TOTP.activate(user, secret).instance
        row.data["step"] = step
        row.save(update_fields=["data"])
    return True


def turn_off(user: User, pk: int) -> bool:
    """Remove one factor, and the recovery codes with the last one; False when it is not theirs."""
    with transaction.atomic():
        deleted, _ = Authenticator.objects.filter(user=user, pk=pk, type__in=FACTORS).delete()
        if deleted and not is_on(user):
            Authenticator.objects.filter(user=user).delete()
    return bool(deleted)


def passkey_to_make(user: User) -> dict[str, Any]:
    """Options for the browser's `navigator.credentials.create`; the challenge is in the session."""
    return dict(webauthn.begin_registration(user, passwordless=True))


def add_passkey(user: User, *, name: str, credential: Any) -> bool:
    """Keep what the browser made; False when it does not answer our challenge."""
    try:
        webauthn.parse_registration_response(credential)
        data = webauthn.complete_registration(credential)
    except UNREADABLE:
        return False
    if not data.is_user_verified():
        return False
    webauthn.WebAuthn.add(user, name[:NAME_LENGTH] or "Passkey", credential)
    return True


def passkey_to_show(user: User | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get`: for this person's passkeys, or whichever there is."""
    return dict(webauthn.begin_authentication(user))


def person_of_passkey(credential: Any, *, expected: User | None = None) -> User | None:
    """Who showed a passkey; None when it does not answer our challenge, or is another's than `expected`."""
    try:
        user = webauthn.extract_user_from_response(credential) if expected is None else expected
        webauthn.parse_authentication_response(credential)
        row = webauthn.complete_authentication(user, credential)
    except UNREADABLE:
        return None
    row.record_usage()
    return user if user.is_active and user.confirmed_at else None
