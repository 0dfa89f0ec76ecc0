"""From settings to a provider."""

from __future__ import annotations

from typing import Any

import pytest

from storyforge.ai.config import get_text_provider, has_text_provider
from storyforge.ai.errors import ProviderMisconfigured
from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest
from storyforge.ai.text.fake import FakeText
from tests.scripted_model import KEY, ScriptedModel

FAKE = {"BACKEND": "storyforge.ai.text.fake.FakeText"}
VENDOR = {
    "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
    "OPTIONS": {"api_key": KEY, "model": "claude-sonnet-5-5"},
}


def test_without_settings_there_is_no_model(settings: Any) -> None:
    settings.TEXT_PROVIDERS = {}
    assert not has_text_provider()
    with pytest.raises(ProviderMisconfigured):
        get_text_provider()


def test_a_provider_is_built_once_until_the_settings_change(settings: Any) -> None:
    settings.TEXT_PROVIDERS = {"default": FAKE, "cheap": FAKE}
    first = get_text_provider()
    assert isinstance(first, FakeText)
    assert get_text_provider() is first
    assert get_text_provider("cheap") is not first
    settings.TEXT_PROVIDERS = {"default": FAKE}
    assert get_text_provider() is not first


def test_a_loopback_endpoint_may_be_called_while_calls_are_off(
    settings: Any, server: ScriptedModel, request_text: TextRequest
) -> None:
    options = {"api_key": KEY, "base_url": server.url, "model": "m"}
    settings.AI_CALLS_ALLOWED = False
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": VENDOR["BACKEND"], "OPTIONS": options}}
    assert get_text_provider().complete(request_text).text


def test_the_vendor_may_not_be_called_while_calls_are_off(settings: Any) -> None:
    settings.TEXT_PROVIDERS = {"default": VENDOR}
    settings.AI_CALLS_ALLOWED = True
    assert isinstance(get_text_provider(), AnthropicText)
    settings.AI_CALLS_ALLOWED = False
    with pytest.raises(ProviderMisconfigured, match="switched off"):
        get_text_provider()


@pytest.mark.parametrize(
    "config",
    [
        {"BACKEND": "storyforge.ai.text.nowhere.Nothing"},
        {"OPTIONS": {}},
        {"BACKEND": VENDOR["BACKEND"], "OPTIONS": {"modle": "m", "api_key": KEY}},
    ],
)
def test_settings_that_do_not_fit_are_named_without_their_values(
    settings: Any, config: dict[str, Any]
) -> None:
    settings.TEXT_PROVIDERS = {"default": config}
    with pytest.raises(ProviderMisconfigured) as raised:
        get_text_provider()
    assert "default" in str(raised.value)
    assert KEY not in str(raised.value)
