"""Recovery codes: ten that sign in once each when the phone is lost. Shown when they are made, kept as keyed hashes.

They lie in allauth's table, as its authenticators do; its own come of a seed, from which all can be read again.
"""

from __future__ import annotations

import secrets

from allauth.mfa.models import Authenticator
from django.db import transaction

from storyforge.accounts.models import User
from storyforge.accounts.peppers import fits, keyed_hash, newest

COUNT = 10
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, none that looks like another
# 125 bits: so many that a plain hash is safe and a slow one needless (OWASP ASVS 6.5.2 asks for 112).
LENGTH, GROUP = 25, 5


def make(user: User) -> list[str]:
    """Ten new ones, in groups to copy by hand; all before them are dead."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(COUNT)]
    pepper = newest()
    data = {"pepper": pepper, "digests": [_digest(user.pk, each, pepper) for each in codes]}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=data)
    return ["-".join(each[n : n + GROUP] for n in range(0, LENGTH, GROUP)) for each in codes]


def left(user: User) -> int:
    """How many are not used yet."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return 0
    return len(row.wrap().get_unused_codes()) if _is_old(row) else len(row.data["digests"])


def use(row: Authenticator, typed: str) -> bool:
    """Cross a code off; the row is locked. False where it is none of them, or was used."""
    if _is_old(row):
        return bool(row.wrap().validate_code(typed))
    pepper, digests = row.data["pepper"], row.data["digests"]
    found = [d for d in digests if fits(_named(row.user_id, typed.lower()), d, pepper=pepper)]
    if not found:
        return False
    row.data["digests"] = [each for each in digests if each not in found]
    row.save(update_fields=["data"])
    row.record_usage()
    return True


def _is_old(row: Authenticator) -> bool:
    """Made before there were these: of allauth's seed, until the next are made."""
    return "seed" in row.data


def _named(person: int, code: str) -> str:
    return f"recovery:{person}:{code}"


def _digest(person: int, code: str, pepper: int) -> str:
    return keyed_hash(_named(person, code), pepper=pepper)
