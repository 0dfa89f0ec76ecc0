"""Keys that people bring for a provider of models. What their jobs use is on their own bill."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from storyforge.core.encryption import EncryptedTextField

# Asked for each job and each call of a model: written out, as building them takes longer than running
# them. A key counts as long as the operator allows its endpoint.
USABLE = "FROM accounts_providerkey WHERE user_id = %s AND endpoint = ANY(%s)"
NEWEST = f"SELECT * {USABLE} ORDER BY id DESC LIMIT 1"
ANY = f"SELECT EXISTS (SELECT {USABLE})"


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
        values = [account_id, list(settings.AI_KEY_ENDPOINTS)]
        return next(iter(cls._default_manager.raw(NEWEST, values)), None)

    @classmethod
    def pays_for(cls, account_id: int | None) -> bool:
        """Whether models write for this account at its own expense."""
        with connection.cursor() as cursor:
            cursor.execute(ANY, [account_id, list(settings.AI_KEY_ENDPOINTS)])
            return bool(cursor.fetchone()[0])
