"""Each way an endpoint can fail gives one error of ours, after exactly one request."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from storyforge.ai.errors import (
    ContentRefused,
    ContextTooLong,
    NotJson,
    OutputCut,
    ProviderMisconfigured,
    ProviderRateLimited,
    ProviderUnavailable,
    UnusableOutput,
)
from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest, Usage
from storyforge.core.errors import StoryforgeError
from tests.scripted_model import KEY, Reply, ScriptedModel, faults

CASES: list[tuple[str, Any, type[StoryforgeError]]] = [
    ("bad_json", faults.bad_json, NotJson),
    ("nul", faults.nul, NotJson),
    ("surrogates", faults.surrogates, NotJson),
    ("raw_surrogates", faults.raw_surrogates, NotJson),
    ("deep", faults.deep, NotJson),
    ("empty", "", NotJson),
    ("truncated", faults.truncated, OutputCut),
    ("huge", faults.huge, OutputCut),
    ("refusal", faults.refusal, ContentRefused),
    ("tool_use", Reply(text="{}", stop_reason="tool_use"), UnusableOutput),
    ("pause_turn", Reply(text="{}", stop_reason="pause_turn"), UnusableOutput),
    ("window", Reply(text="{", stop_reason="model_context_window_exceeded"), ContextTooLong),
    ("prompt_too_long", faults.prompt_too_long(), ContextTooLong),
    ("too_large", faults.error(413, "request_too_large"), ContextTooLong),
    ("rate_limited", faults.rate_limited(), ProviderRateLimited),
    ("overloaded", faults.overloaded(), ProviderUnavailable),
    ("500", faults.server_error(), ProviderUnavailable),
    ("502 page", faults.html(502), ProviderUnavailable),
    ("503", faults.server_error(503), ProviderUnavailable),
    ("504", faults.server_error(504), ProviderUnavailable),
    ("408", faults.error(408, "timeout_error"), ProviderUnavailable),
    ("409", faults.error(409, "conflict_error"), ProviderUnavailable),
    ("400", faults.error(400, "invalid_request_error"), ProviderMisconfigured),
    ("401", faults.unauthorized(), ProviderMisconfigured),
    ("402", faults.unpaid(), ProviderMisconfigured),
    ("403", faults.error(403, "permission_error"), ProviderMisconfigured),
    ("404", faults.error(404, "not_found_error"), ProviderMisconfigured),
    ("302", Reply(status=302, body=b"", headers={}), ProviderMisconfigured),
    ("spent 429", faults.spent(429), ProviderMisconfigured),
    ("spent 400", faults.spent(400), ProviderMisconfigured),
    ("hang", faults.hang(), ProviderUnavailable),
    ("hang_body", faults.hang("body"), ProviderUnavailable),
    ("cut", faults.cut(700), ProviderUnavailable),
    ("cut at once", faults.cut(0), ProviderUnavailable),
    ("breaks overloaded", faults.breaks(), ProviderUnavailable),
    ("breaks rate", faults.breaks("rate_limit_error"), ProviderRateLimited),
    ("breaks key", faults.breaks("authentication_error"), ProviderMisconfigured),
    ("html", faults.html(), ProviderUnavailable),
    ("noise", faults.noise, ProviderUnavailable),
    ("raw_nul", faults.raw_nul, ProviderUnavailable),
    ("huge_event", faults.huge_event, ProviderUnavailable),
    ("no events", Reply(body=b""), ProviderUnavailable),
    ("odd events", Reply(body=b'event: a\ndata: {"type":"message_start","message":[]}\n\n'
                              b'event: b\ndata: {"type":"message_delta","delta":7}\n\n'),
     ProviderUnavailable),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "error"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_fault_gives_its_error_after_one_request(
    server: ScriptedModel,
    provider: AnthropicText,
    request_json: TextRequest,
    answer: Any,
    error: type[StoryforgeError],
) -> None:
    server.queue(answer)
    with pytest.raises(StoryforgeError) as raised:
        provider.complete(request_json)
    assert type(raised.value) is error
    assert len(server.settled()) == 1
    assert provider.complete(request_json).data  # the next call is none the worse


def test_an_answer_of_another_shape_is_handed_on_for_the_caller_to_judge(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    server.queue(faults.wrong_schema)
    assert provider.complete(request_json).data == {"unexpected": [1, None, "x"]}


def test_hostile_text_comes_through_as_it_is(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    server.queue(*faults.HOSTILE)
    for text in faults.HOSTILE:
        assert provider.complete(request_text).text == text


def test_plain_text_with_nul_is_refused_and_shown_replaced(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest
) -> None:
    server.queue("salt\0and\ud800pepper")
    pieces: list[str] = []
    with pytest.raises(UnusableOutput):
        provider.complete(request_text, on_text=pieces.append)
    assert "".join(pieces) == "salt\ufffdand\ufffdpepper"


def test_nobody_at_the_port_is_unavailable(make_provider, request_text: TextRequest) -> None:
    with pytest.raises(ProviderUnavailable):
        make_provider(base_url="http://127.0.0.1:9").complete(request_text)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry_after": "7"}, 7), ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5), ({}, 0)],
)
def test_the_wait_that_is_asked_for_is_reported(
    server: ScriptedModel, provider: AnthropicText, request_text: TextRequest, headers, seconds
) -> None:
    server.queue(faults.error(529, "overloaded_error", **headers))
    with pytest.raises(ProviderUnavailable) as raised:
        provider.complete(request_text)
    assert raised.value.retry_after == seconds
    assert raised.value.retryable


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (faults.truncated, True),
        (faults.bad_json, True),
        (faults.refusal, True),
        (faults.cut(700), False),
    ],
)
def test_a_paid_answer_of_no_use_carries_its_usage(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest, answer, known
) -> None:
    server.queue(answer)
    with pytest.raises(StoryforgeError) as raised:
        provider.complete(request_json)
    call = server.settled()[0]
    output = call.output_tokens if known else None
    usage = raised.value.usage  # type: ignore[attr-defined]
    assert usage == Usage(input_tokens=call.input_tokens, output_tokens=output)


def test_a_bad_answer_keeps_its_text_for_the_repair(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    server.queue('{"title": oops}')
    with pytest.raises(NotJson) as raised:
        provider.complete(request_json)
    assert raised.value.text == '{"title": oops}'
    assert raised.value.problems == ["not JSON: Expecting value at line 1 column 11"]


def test_a_refusal_names_its_category(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    server.queue(faults.refusal)
    with pytest.raises(ContentRefused) as raised:
        provider.complete(request_json)
    assert raised.value.members == {"category": "general_harms"}


def failure_of(call: Callable[[], object]) -> StoryforgeError | None:
    try:
        call()
    except StoryforgeError as error:
        return error
    return None


@pytest.mark.parametrize(
    "answer",
    [faults.valid, faults.unauthorized(KEY), faults.error(400, "invalid_request_error", message=KEY),
     faults.server_error(), faults.hang(), faults.cut(100)],
    ids=["valid", "401", "400", "500", "hang", "cut"],
)  # fmt: skip
def test_the_key_is_in_no_log_and_no_error(
    server: ScriptedModel,
    provider: AnthropicText,
    request_text: TextRequest,
    caplog: pytest.LogCaptureFixture,
    answer: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.queue(answer)
    failure = failure_of(lambda: provider.complete(request_text))
    told = "".join(traceback.format_exception(failure)) + repr(vars(failure)) if failure else ""
    assert failure is None or (failure.__cause__, failure.__context__) == (None, None)
    assert KEY not in told + caplog.text + repr(provider)
    assert KEY not in str([call.as_json() for call in server.calls])
