"""Which model an alias means. The only module of `ai`, with `prices`, that reads Django's settings."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from storyforge.ai.errors import ProviderMisconfigured
from storyforge.ai.text.base import TextProvider

_providers: dict[str, TextProvider] = {}
_building = threading.RLock()


def has_text_provider(alias: str = "default") -> bool:
    """Whether a model is set up under this alias. Without one the rules write."""
    return alias in settings.TEXT_PROVIDERS


def get_text_provider(alias: str = "default") -> TextProvider:
    """The provider of an alias, built at first use and shared by all threads of the process.

    Raises `ProviderMisconfigured` where there is none, where its settings are wrong, and where
    `AI_CALLS_ALLOWED` is off and the provider is not on this machine.
    """
    with _building:
        if alias not in _providers:
            _providers[alias] = _build(alias)
        provider = _providers[alias]
    return _allowed(provider)


def _allowed(provider: TextProvider) -> TextProvider:
    if not provider.is_local and not settings.AI_CALLS_ALLOWED:
        raise ProviderMisconfigured("Calls to AI services are switched off on this server.")
    return provider


def own_text_provider(*, base_url: str, api_key: str, model: str) -> TextProvider:
    """A provider with somebody's own key, for the calls of one job; close it afterwards.

    Raises `ProviderMisconfigured` as `get_text_provider` does.
    """
    backend = import_string("storyforge.ai.text.anthropic.AnthropicText")
    provider: TextProvider = backend(
        base_url=base_url, api_key=api_key, model=model, structured=settings.AI_TEXT_STRUCTURED
    )
    return _allowed(provider)


def load_libraries() -> None:
    """Import what the configured providers call with; one that cannot be imported says so at its first call."""
    for config in settings.TEXT_PROVIDERS.values():
        with contextlib.suppress(ImportError, KeyError):
            import_string(config["BACKEND"]).load()


def forget_providers() -> None:
    """Close all providers, so that the next use builds them from the settings as they are then."""
    with _building:
        for provider in _providers.values():
            provider.close()
        _providers.clear()


def _build(alias: str) -> TextProvider:
    config = settings.TEXT_PROVIDERS.get(alias)
    if config is None:
        raise ProviderMisconfigured(f"No AI service is set up under the name {alias}.")
    try:
        backend = import_string(config["BACKEND"])
        provider: TextProvider = backend(**config.get("OPTIONS", {}))
    except (ImportError, KeyError, TypeError) as error:
        # A wrong option is named in the message; its value is not.
        raise ProviderMisconfigured(f"TEXT_PROVIDERS[{alias!r}] does not fit: {error}") from error
    return provider


def _on_setting_changed(*, setting: str, **_: Any) -> None:
    if setting == "TEXT_PROVIDERS":
        forget_providers()


setting_changed.connect(_on_setting_changed, dispatch_uid="storyforge.ai.config")
