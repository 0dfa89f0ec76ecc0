"""What comes back from a good call, in both ways of asking for JSON."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest

from storyforge.ai.text import schemas
from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest
from tests.scripted_model import Reply, ScriptedModel, faults


def test_the_answer_fits_the_schema_and_is_streamed(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    pieces: list[str] = []
    result = provider.complete(request_json, on_text=pieces.append)
    jsonschema.validate(result.data, request_json.schema)
    assert "".join(pieces) == result.text
    assert result.model == "scripted-1"
    assert result.request_id.startswith("req_")
    assert server.calls[0].body["stream"] is True


def test_a_long_answer_comes_in_many_pieces_whole(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    story = "Salt — “white gold” — 塩 🧂 " * 400
    server.queue(story)
    pieces: list[str] = []
    result = provider.complete(request_text, on_text=pieces.append)
    assert result.text == story == "".join(pieces)
    assert len(pieces) > 10
    assert result.data is None


def test_usage_is_the_last_count_of_the_provider(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    server.queue(Reply(text="x" * 400, thinking="y" * 200))
    result = provider.complete(request_text)
    call = server.settled()[0]
    assert result.usage.output_tokens == call.output_tokens == 150
    assert result.usage.input_tokens == call.input_tokens > 0
    assert result.text == "x" * 400  # the thinking is counted and left out


def test_the_schema_goes_whole_and_unmarked_to_other_endpoints_than_the_vendors_own(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    provider.complete(request_json)
    sent = server.calls[0].body["output_config"]["format"]
    assert sent["type"] == "json_schema"
    assert sent["schema"]["properties"]["title"] == {"type": "string", "maxLength": 60}
    assert sent["schema"]["properties"]["beats"]["minItems"] == 2


def test_the_vendor_gets_its_limits_as_descriptions(make_provider, request_json) -> None:
    cloud = make_provider(base_url="", api_key="some-key")
    schema = cloud._parameters(request_json)["output_config"]["format"]["schema"]
    assert "maxLength: 60" in schema["properties"]["title"]["description"]
    assert "maxLength" not in schema["properties"]["title"]
    assert "x-label" not in str(schema)


@pytest.mark.parametrize("answer", [faults.valid, faults.fenced])
def test_prompt_mode_says_the_schema_and_finds_the_json(
    server: ScriptedModel, make_provider, request_json: TextRequest, answer: object
) -> None:
    provider = make_provider(structured="prompt")
    server.queue(answer)
    result = provider.complete(request_json)
    jsonschema.validate(result.data, request_json.schema)
    body = server.calls[0].body
    assert "output_config" not in body
    assert body["system"].startswith("You plot.")
    assert schemas.HEADING in body["system"]
    assert body["messages"] == [{"role": "user", "content": "A story about salt."}]


def test_nothing_is_sent_that_the_api_refuses(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    provider.complete(request_json)
    assert set(server.calls[0].body) == {
        "model", "max_tokens", "messages", "system", "stream", "output_config",
    }  # fmt: skip


def test_an_empty_system_prompt_is_left_out(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    provider.complete(replace(request_text, system=""))
    assert "system" not in server.calls[0].body


def test_a_pair_cut_in_two_by_the_gateway_is_one_character_again(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    delta = '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}'
    events = [
        '{"type":"message_start","message":{"model":"m","usage":{"input_tokens":1}}}',
        delta % r"salt \ud83e",
        delta % r"\uddc2",
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}',
    ]
    body = "".join(f"event: x\ndata: {event}\n\n" for event in events)
    server.queue(Reply(body=body.encode()))
    assert provider.complete(request_text).text == "salt 🧂"


def test_one_connection_serves_call_after_call_and_many_threads(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: provider.complete(request_json), range(24)))
    assert len({r.request_id for r in results}) == 24
    assert len(server.settled(24)) == 24
