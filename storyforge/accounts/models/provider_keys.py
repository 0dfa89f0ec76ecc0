"""Keys that people bring for a provider of models. What their jobs use is on their own bill."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, transaction

from storyforge.core.encryption import EncryptedTextField
from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns

# Asked for each job and each call of a model. A key counts as long as the operator allows its endpoint.
USABLE = """
FROM accounts_providerkey own WHERE user_id = %(account)s AND endpoint = ANY(%(endpoints)s)
"""
ANY = Prepared("any_provider_key", f"SELECT EXISTS (SELECT {USABLE})")


class ProviderKey(models.Model):
    """A person's own key: encrypted, never shown again, sent to one endpoint of the operator's list.

    It writes for all projects the person pays for; usage is recorded, and nothing charged. The newest
    one counts, and takes the place of those before.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="provider_keys", editable=False
    )
    endpoint = models.CharField(max_length=200)
    model = models.CharField(max_length=100)
    key = EncryptedTextField(editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"…{self.last4} for {self.endpoint}"

    @classmethod
    def keep(cls, user: Any, *, endpoint: str, model: str, key: str) -> ProviderKey:
        """Store a key in place of the one before."""
        with transaction.atomic():
            cls._default_manager.filter(user=user).delete()
            fields = {"endpoint": endpoint, "model": model, "key": key, "last4": key[-4:]}
            return cls._default_manager.create(user=user, **fields)

    @classmethod
    def of(cls, account_id: int | None) -> ProviderKey | None:
        """The key that writes for this account; raises `SecretUnreadable`."""
        newest, own = _shape()
        values = newest.one(account=account_id, endpoints=list(settings.AI_KEY_ENDPOINTS))
        return own.row(values) if values else None

    @classmethod
    def pays_for(cls, account_id: int | None) -> bool:
        """Whether models write for this account at its own expense."""
        (pays,) = ANY.one(account=account_id, endpoints=list(settings.AI_KEY_ENDPOINTS))
        return bool(pays)


@cache
def _shape() -> tuple[Prepared, Columns[ProviderKey]]:
    own = Columns(ProviderKey, "own")
    newest = f"SELECT {own.sql} {USABLE} ORDER BY own.id DESC LIMIT 1"
    return Prepared("newest_provider_key", newest), own
