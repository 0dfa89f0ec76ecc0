"""Keyed hashes with numbered keys: a copy of the database without them holds nothing usable."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def newest() -> int:
    """The number of the pepper that new hashes are made with."""
    return max(settings.TOKEN_PEPPERS, default=0)


def keyed_hash(text: str, *, pepper: int) -> str:
    """HMAC-SHA256 as 64 hex digits; raises KeyError for a pepper that was taken away."""
    return hmac.new(_key(pepper), text.encode(), hashlib.sha256).hexdigest()


def fits(text: str, digest: str, *, pepper: int) -> bool:
    """Whether the hash is this text's; an unknown pepper fits nothing."""
    if pepper and pepper not in settings.TOKEN_PEPPERS:
        return False
    return hmac.compare_digest(keyed_hash(text, pepper=pepper), digest)


def pseudonym(text: str) -> str:
    """A name for something personal that must be recognized but not read: 32 hex digits."""
    return keyed_hash(f"pseudonym:{text}", pepper=0)[:32]


def _key(pepper: int) -> bytes:
    """Number 0 comes of SECRET_KEY, so that an installation without peppers has one."""
    if pepper == 0:
        return hashlib.sha256(b"storyforge.accounts.token" + settings.SECRET_KEY.encode()).digest()
    return settings.TOKEN_PEPPERS[pepper].encode()
