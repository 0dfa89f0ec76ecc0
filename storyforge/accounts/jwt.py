"""Access tokens of REST clients: signed here, believed only as far as their family's row says."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import jwt
from django.conf import settings
from django.db.models.functions import Now
from jwt.types import Options

from storyforge.accounts.models import TokenFamily
from storyforge.core import clock

ALGORITHM, ISSUER, AUDIENCE = "HS256", "storyforge", "storyforge-api"
CLAIMS = ["exp", "iat", "aud", "iss", "sub", "family"]
# By the database's clock, which is read with the family: the machine that gave the token may be hours ahead.
OPTIONS: Options = {"require": CLAIMS, "verify_exp": False, "verify_iat": False}


def access_token(family: TokenFamily) -> str:
    """A token that speaks for the family's user for `ACCESS_TOKEN_EXPIRE_MINUTES`."""
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(family.user_id),
        "family": str(family.pk),
        "iat": now,
        "exp": now + timedelta(minutes=settings.ACCESS_TOKEN_EXPIRE_MINUTES),
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def family_of(presented: str) -> TokenFamily | None:
    """The live family of an access token, with its user; None for everything else.

    Algorithm, audience and issuer are pinned. One read by key on each request, so that a
    sign-out, a changed password or a disabled account act at once.
    """
    try:
        claims = jwt.decode(
            presented,
            _key(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=OPTIONS,
        )
        pk, until = UUID(str(claims["family"])), int(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None
    families = TokenFamily.objects.select_related("user").annotate(clock=Now())
    family = families.filter(pk=pk).first()
    if family is None or not family.lives_at(family.clock) or claims["sub"] != str(family.user_id):
        return None
    return family if family.clock.timestamp() < until else None


def _key() -> bytes:
    """A key of its own: what is signed elsewhere with SECRET_KEY is no token."""
    return hashlib.sha256(b"storyforge.accounts.jwt" + settings.SECRET_KEY.encode()).digest()
