"""Whose key a model is called with: the account's own, else the operator's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from storyforge.accounts.models import ProviderKey
from storyforge.ai.config import get_text_provider, own_text_provider
from storyforge.ai.text.base import TextProvider

OWN_ALIAS = "default"  # the one that people's own keys stand in for


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A provider to call. `own`: somebody else is billed, so nothing is charged here.

    `breaker` is one's own with one's own key: a key that is refused stops nobody else.
    """

    provider: TextProvider
    own: bool
    breaker: str


@contextmanager
def caller_for(alias: str, account_id: int | None) -> Iterator[Caller]:
    """The provider that writes for this account.

    Raises `SecretUnreadable`, and what `get_text_provider` raises.
    """
    key = ProviderKey.of(account_id) if alias == OWN_ALIAS else None
    if key is None:
        house = get_text_provider(alias)
        yield Caller(provider=house, own=False, breaker=f"{alias} {house.model}")
        return
    provider = own_text_provider(base_url=key.endpoint, api_key=key.key, model=key.model)
    try:
        yield Caller(provider=provider, own=True, breaker=f"own {key.pk} {key.model}")
    finally:
        provider.close()
