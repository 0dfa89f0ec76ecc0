"""The scripted server, seen over plain HTTP."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scripted_model import Reply, ScriptedModel, faults

PROJECT = Path(__file__).parents[2]
BODY = {"model": "m", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}
HEADERS = {"anthropic-version": "2023-06-01", "authorization": "Bearer hidden"}


def post(
    url: str, body: Any, *, headers: dict[str, str] = HEADERS, path: str = "/v1/messages"
) -> tuple[int, Any, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def test_a_stream_has_the_events_of_the_api_in_their_order() -> None:
    with ScriptedModel(answer=Reply(text="Salt.", thinking="Hm.")) as server:
        status, headers, text = post(server.url, BODY | {"stream": True})
    names = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    data = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert names == [
        "message_start",
        *(
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
        ),
        *("content_block_start", "ping", "content_block_delta", "content_block_stop"),
        "message_delta",
        "message_stop",
    ]
    assert [d["type"] for d in data] == names
    assert data[-2]["delta"]["stop_reason"] == "end_turn"
    assert data[-2]["usage"]["output_tokens"] == 3


def test_without_stream_the_message_comes_whole() -> None:
    with ScriptedModel(answer="Salt.") as server:
        _, _, text = post(server.url, BODY)
    message = json.loads(text)
    assert message["content"] == [{"type": "text", "text": "Salt.", "citations": None}]
    assert message["usage"]["input_tokens"] > 0


def test_nobody_writes_more_than_max_tokens() -> None:
    with ScriptedModel(answer="x" * 1_000) as server:
        message = json.loads(post(server.url, BODY)[2])
    assert message["stop_reason"] == "max_tokens"
    assert message["usage"]["output_tokens"] == 50


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 1},
        {"top_p": 0.5},
        {"tool_choice": {"type": "tool", "name": "x"}},
        {"max_tokens": None},
        {"messages": []},
    ],
)
def test_what_the_api_refuses_is_refused(change: dict[str, Any]) -> None:
    with ScriptedModel() as server:
        status, _, text = post(server.url, BODY | change)
    assert (status, json.loads(text)["error"]["type"]) == (400, "invalid_request_error")


def test_a_missing_version_and_a_wrong_path_are_refused() -> None:
    with ScriptedModel() as server:
        assert post(server.url, BODY, headers={})[0] == 400
        assert post(server.url, BODY, path="/v1/complete")[0] == 404


def test_chance_is_the_same_for_the_same_seed() -> None:
    def outcomes(seed: int) -> list[str]:
        chances = {"overloaded": 0.3, "refusal": 0.2}
        with ScriptedModel(faults=chances, seed=seed) as server:
            for _ in range(40):
                post(server.url, BODY)
            return [call.reply for call in server.settled(40)]

    first = outcomes(1)
    assert first == outcomes(1) != outcomes(2)
    assert {"valid", "error_529", "refusal"} == set(first)
    assert 5 <= first.count("error_529") <= 20


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown faults: typo"):
        ScriptedModel(faults={"typo": 1})


def test_calls_are_kept_in_a_file_without_the_key(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with ScriptedModel(log_file=log) as server:
        server.queue(faults.rate_limited(3))
        status, headers, _ = post(server.url, BODY)
        post(server.url, BODY)
        server.settled(2)
    assert (status, headers["retry-after"]) == (429, "3")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["error 429", "completed"]
    assert lines[1]["body"] == BODY
    assert lines[1]["started"] <= lines[1]["ended"]
    assert lines[1]["authorized"]
    assert "hidden" not in log.read_text()


def test_an_open_call_is_ended_with_the_server() -> None:
    with ScriptedModel() as server:
        server.queue(faults.hang())
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        connection.request("POST", "/v1/messages", json.dumps(BODY), HEADERS)
        assert server.arrived()[0].outcome == ""
    connection.close()
    assert server.calls[0].outcome == "stopped"


def test_it_runs_as_a_program_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.scripted_model", "--fault", "overloaded=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:  # noqa: S603
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        status, _, _ = post(url, BODY)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert status == 529
