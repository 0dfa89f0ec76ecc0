from __future__ import annotations

import pytest

from scriptwriter.tests.conftest import analyzed, generate, imported  # noqa: F401
from tests.scripted_model import KEY, ScriptedModel


@pytest.fixture
def model(settings):
    """A scripted model behind the real adapter, over HTTP on loopback."""
    with ScriptedModel(seed=7) as server:
        settings.TEXT_PROVIDERS = {
            "default": {
                "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
                "OPTIONS": {
                    "base_url": server.url,
                    "api_key": KEY,
                    "model": "claude-sonnet-5-5",
                    "read_timeout": 6.0,  # of a server that hangs; far above what an answer takes on a busy machine
                },
            }
        }
        yield server
        settings.TEXT_PROVIDERS = {}
