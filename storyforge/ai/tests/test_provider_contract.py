"""What every provider promises: one suite for the fake and for the adapter over real HTTP."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from storyforge.ai.errors import NotJson, Stopped
from storyforge.ai.text.base import TextProvider, TextRequest
from storyforge.ai.text.fake import FakeText
from tests.scripted_model import ScriptedModel


class Under:
    """A provider and the way to make it answer something."""

    def __init__(self, provider: TextProvider, queue: Any) -> None:
        self.provider, self.queue = provider, queue


@pytest.fixture(params=["fake", "anthropic", "anthropic in prompt mode"])
def under(request: pytest.FixtureRequest, server: ScriptedModel, make_provider: Any) -> Under:
    if request.param == "fake":
        fake = FakeText()
        return Under(fake, fake.queue)
    mode = "prompt" if "prompt" in request.param else "output_config"
    return Under(make_provider(structured=mode), server.queue)


def test_it_is_local_and_names_its_model(under: Under) -> None:
    assert under.provider.is_local
    assert under.provider.model


def test_data_fits_the_schema_and_pieces_make_the_text(
    under: Under, request_json: TextRequest
) -> None:
    pieces: list[str] = []
    result = under.provider.complete(request_json, on_text=pieces.append)
    jsonschema.validate(result.data, request_json.schema)
    assert "".join(pieces) == result.text
    assert result.usage.input_tokens
    assert result.usage.output_tokens
    assert result.seconds >= 0


def test_queued_answers_come_in_order(under: Under, request_json: TextRequest) -> None:
    under.queue({"n": 1}, lambda asked: {"n": 2})
    assert under.provider.complete(request_json).data == {"n": 1}
    assert under.provider.complete(request_json).data == {"n": 2}


def test_plain_text_has_no_data(under: Under, request_text: TextRequest) -> None:
    under.queue("Salt remembers the sea.")
    result = under.provider.complete(request_text)
    assert (result.text, result.data) == ("Salt remembers the sea.", None)


def test_what_is_no_json_is_refused(under: Under, request_json: TextRequest) -> None:
    under.queue('{"n": NaN}')
    with pytest.raises(NotJson):
        under.provider.complete(request_json)


def test_it_stops_when_asked(under: Under, request_text: TextRequest) -> None:
    under.queue("word " * 1_000)
    pieces: list[str] = []
    with pytest.raises(Stopped):
        under.provider.complete(
            request_text, on_text=pieces.append, should_stop=lambda: len(pieces) > 2
        )
    assert 0 < len(pieces) < 10
