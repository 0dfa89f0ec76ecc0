"""A call ends soon after its caller wants no more, whatever the other side does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from storyforge.ai.errors import Stopped
from storyforge.ai.text.anthropic import AnthropicText
from storyforge.ai.text.base import TextRequest
from tests.scripted_model import Reply, ScriptedModel, faults

AFTER = 0.4  # s


def stop_after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


SILENCES: dict[str, Any] = {
    "before the headers": faults.hang(),
    "in the body": faults.hang("body"),
    "late": faults.late(600),
    "slow": faults.slow(5),
    "pings": Reply(text="x" * 40_000, rate=200),
}


@pytest.mark.parametrize("answer", SILENCES.values(), ids=SILENCES.keys())
def test_a_stopped_call_ends_and_the_server_sees_it(
    server: ScriptedModel, make_provider: Any, request_json: TextRequest, answer: Any, no_hang: None
) -> None:
    provider = make_provider(read_timeout=600)
    provider.complete(request_json)  # the SDK is loaded, a connection is open
    server.queue(answer)
    with pytest.raises(Stopped):
        provider.complete(request_json, should_stop=stop_after(AFTER))
    assert server.settled(2)[1].disconnected


def test_a_call_that_need_not_stop_is_left_alone(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    asked: list[float] = []

    def should_stop() -> bool:
        asked.append(time.monotonic())
        return False

    server.queue(faults.late(1.2))
    assert provider.complete(request_json, should_stop=should_stop).data
    gaps = [b - a for a, b in pairwise(asked)]
    assert max(gaps) < 1.0


def test_should_stop_is_asked_on_the_callers_own_thread(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    threads: set[int] = set()

    def should_stop() -> bool:
        threads.add(threading.get_ident())
        return False

    server.queue(faults.late(0.6))
    provider.complete(request_json, should_stop=should_stop)
    assert threads == {threading.get_ident()}


def test_a_call_that_should_not_start_sends_nothing(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    with pytest.raises(Stopped):
        provider.complete(request_json, should_stop=lambda: True)
    assert not server.calls


def test_stopping_says_what_had_been_counted(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    server.queue(faults.hang("body"))
    with pytest.raises(Stopped) as raised:
        provider.complete(request_json, should_stop=stop_after(AFTER))
    assert raised.value.usage is not None
    assert raised.value.usage.output_tokens is None


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_tls_greeting_that_never_comes_can_be_stopped(
    make_provider: Any, silent_port: int, request_text: TextRequest, no_hang: None
) -> None:
    provider = make_provider(base_url=f"https://127.0.0.1:{silent_port}", connect_timeout=600)
    provider._client()
    with pytest.raises(Stopped):
        provider.complete(request_text, should_stop=stop_after(AFTER))


def test_an_error_raised_while_showing_text_reaches_the_caller(
    server: ScriptedModel, provider: AnthropicText, request_json: TextRequest
) -> None:
    class Broken(RuntimeError):
        pass

    def on_text(_: str) -> None:
        raise Broken

    server.queue(faults.slow(20))
    with pytest.raises(Broken):
        provider.complete(request_json, on_text=on_text)
    assert server.settled()[0].disconnected
