"""A scripted endpoint and a provider that talks to it, both over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest
from tests.scripted_model import KEY, ScriptedModel

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 60, "x-label": "Title"},
        "acts": {"type": "integer", "minimum": 3, "maximum": 5},
        "beats": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 4},
    },
    "required": ["title", "acts", "beats"],
    "additionalProperties": False,
}

MakeProvider = Callable[..., AnthropicText]


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel(key=KEY) as server:
        yield server


@pytest.fixture
def make_provider(server: ScriptedModel) -> Iterator[MakeProvider]:
    """Build providers that are closed after the test."""
    made: list[AnthropicText] = []

    def make(**options: Any) -> AnthropicText:
        options = {"model": "scripted-1", "api_key": KEY, "base_url": server.url} | options
        made.append(AnthropicText(**options))
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture
def provider(make_provider: MakeProvider) -> AnthropicText:
    return make_provider(read_timeout=1.5)


@pytest.fixture
def request_json() -> TextRequest:
    return TextRequest(system="You plot.", prompt="A story about salt.", schema=SCHEMA)


@pytest.fixture
def request_text() -> TextRequest:
    return TextRequest(system="You write.", prompt="A line about salt.")
