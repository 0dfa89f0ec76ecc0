"""Where calls go, and with which key."""

from __future__ import annotations

from typing import Any

import pytest

from storyforge.ai.errors import ProviderMisconfigured
from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest
from storyforge.ai.text.endpoint import Endpoint
from tests.scripted_model import KEY, ScriptedModel


@pytest.mark.parametrize(
    ("base_url", "url", "cloud", "loopback"),
    [
        ("", "https://api.anthropic.com", True, False),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com", True, False),
        ("http://localhost:8099/v1", "http://localhost:8099", False, True),
        ("http://[::1]:8099", "http://[::1]:8099", False, True),
        ("http://127.0.0.2", "http://127.0.0.2", False, True),
        ("https://gateway.example/anthropic", "https://gateway.example/anthropic", False, False),
        ("https://notanthropic.com", "https://notanthropic.com", False, False),
        ("http://localhost.example.org", "http://localhost.example.org", False, False),
    ],
)
def test_base_urls(base_url: str, url: str, cloud: bool, loopback: bool) -> None:
    endpoint = Endpoint.of(base_url)
    assert (endpoint.url, endpoint.is_cloud, endpoint.is_loopback) == (url, cloud, loopback)


@pytest.mark.parametrize("base_url", ["ftp://x", "localhost:8099", "https://", "https://u:p@host"])
def test_a_base_url_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(ProviderMisconfigured):
        Endpoint.of(base_url)


@pytest.mark.parametrize("options", [{}, {"api_key": "two words"}, {"api_key": "schlüssel"}])
def test_a_key_that_cannot_be_sent_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ProviderMisconfigured) as raised:
        AnthropicText(model="m", **options)
    assert options.get("api_key", "ANTHROPIC") not in str(raised.value)


def test_an_unknown_way_of_asking_is_refused() -> None:
    with pytest.raises(ProviderMisconfigured):
        AnthropicText(model="m", api_key="k", structured="tools")


def test_keys_and_headers_of_the_environment_go_nowhere(
    server: ScriptedModel,
    make_provider: Any,
    request_text: TextRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "cloud-key")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "cloud-token")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer cloud\nX-Api-Key: cloud")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.key = ""
    seen: list[str] = []
    server.accepts_key = lambda header: not seen.append(header)  # type: ignore[assignment, func-returns-value]
    make_provider().complete(request_text)
    make_provider(api_key="").complete(request_text)
    assert seen == [f"Bearer {KEY}", "Bearer none"]
    assert all("x-api-key" not in {k.lower() for k in c.headers} for c in server.calls)


def test_a_wrong_key_is_for_the_operator(
    server: ScriptedModel, make_provider: Any, request_text: TextRequest
) -> None:
    with pytest.raises(ProviderMisconfigured) as raised:
        make_provider(api_key="wrong").complete(request_text)
    assert raised.value.vendor_status == 401


def test_a_proxy_is_used_for_hosts_elsewhere_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert Endpoint.of("").proxy == "http://proxy.example:3128"
    assert Endpoint.of("https://127.0.0.1").proxy is None
