from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.db import models

from storyforge.accounts import peppers


class Sealed(models.Model):
    """A random secret that was shown once: `<prefix>_<public id>_<secret>`, kept as a keyed hash."""

    PREFIX: ClassVar[str]

    public_id = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    pepper = models.PositiveSmallIntegerField(
        db_default=0, editable=False, help_text="Which key the hash was made with."
    )

    class Meta:
        abstract = True

    @classmethod
    def seal(cls, **fields: Any) -> tuple[Self, str]:
        """Make a row; the second value is the secret, which exists only here."""
        public_id, secret, pepper = (
            secrets.token_hex(8),
            secrets.token_urlsafe(32),
            peppers.newest(),
        )
        row = cls._default_manager.create(
            public_id=public_id,
            digest=peppers.keyed_hash(secret, pepper=pepper),
            pepper=pepper,
            **fields,
        )
        return row, f"{cls.PREFIX}_{public_id}_{secret}"

    @classmethod
    def unseal(cls, presented: str, rows: models.QuerySet[Self]) -> Self | None:
        """The one of `rows` that `presented` belongs to, or None; see `unsealed_by`."""
        return cls.unsealed_by(
            presented, lambda public_id: rows.filter(public_id=public_id).first()
        )

    @classmethod
    def unsealed_by(cls, presented: str, find: Callable[[str], Self | None]) -> Self | None:
        """What `find` has under the public id, if `presented` fits it; an old hash is made anew."""
        prefix, _, rest = presented.partition("_")
        public_id, _, secret = rest.partition("_")
        if prefix != cls.PREFIX or not secret or "\0" in public_id:
            return None
        row = find(public_id)
        if row is None or not peppers.fits(secret, row.digest, pepper=row.pepper):
            return None
        if row.pepper != peppers.newest():
            row.pepper = peppers.newest()
            row.digest = peppers.keyed_hash(secret, pepper=row.pepper)
            row.save(update_fields=["pepper", "digest"])
        return row
