"""One connection to the scripted server."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar

from tests.scripted_model import events
from tests.scripted_model.calls import Call
from tests.scripted_model.replies import Reply, tokens

if TYPE_CHECKING:
    from tests.scripted_model.server import ScriptedModel

PIECE = 64 * 1024  # bytes written at a time
BLINK = 0.2  # s between two looks at whether the server is to stop
HANG_UP = getattr(select, "POLLRDHUP", 0)  # Linux only; elsewhere POLLIN tells too
# What the API of 2026-10-21 answers with 400.
FORBIDDEN = ("temperature", "top_p", "top_k")


class ClientGone(Exception):
    """The client closed the connection."""


class ServerStops(Exception):
    """The server is being closed."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the script, plays the reply."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    script: ClassVar[ScriptedModel]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the call log says it all."""

    def do_GET(self) -> None:
        if self.path == "/calls":
            self._send_json(200, [call.as_json() for call in self.script.calls])
        else:
            self._send_json(200 if self.path == "/health" else 404, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = _json(raw)
        call = self.script.log.open(path=self.path, headers=dict(self.headers), body=body)
        outcome = "failed"
        try:
            outcome = self._answer(call, body) if len(raw) == length else "disconnected"
        except (ClientGone, ConnectionError):
            outcome = "disconnected"
        except ServerStops:
            outcome = "stopped"
        finally:
            if outcome in ("failed", "disconnected", "stopped", "cut"):
                self.close_connection = True
            self.script.log.close(call, outcome)

    def _answer(self, call: Call, body: Any) -> str:
        refused = _refused(self.path, body, self.headers.get("anthropic-version"))
        if refused is None and not self.script.accepts_key(self.headers.get("authorization", "")):
            refused = Reply(name="bad_key", status=401, error_type="authentication_error")
        reply = refused or self.script.next_reply(call, body)
        call.reply = reply.name
        self._wait(reply.latency or 0)
        if reply.hang == "headers":
            self._wait(float("inf"))
        if reply.raw:
            return self._send_raw(call, reply)
        if reply.status != 200 and reply.body is None:
            self._send_json(reply.status, reply.error_body(), headers=dict(reply.headers))
            return f"error {reply.status}"
        if reply.body is not None:
            self._send_whole(call, reply)
            return reply.name
        call.input_tokens = _input_tokens(body)
        call.output_tokens = events.output_tokens(reply)
        shape = {"model": body["model"], "number": call.number, "input_tokens": call.input_tokens}
        if not body.get("stream"):
            self._send_json(200, events.message(reply, **shape))
            return "completed"
        return self._send_events(call, reply, events.stream(reply, **shape, slow=bool(reply.rate)))

    def _send_events(self, call: Call, reply: Reply, parts: Iterable[bytes]) -> str:
        self._start(200, reply.content_type, {"transfer-encoding": "chunked"})
        due = time.monotonic()
        for part in _until(parts, reply.cut_after):
            self._write(call, b"%x\r\n%b\r\n" % (len(part), part))
            is_text = part.startswith(b"event: content_block_delta")
            if reply.hang == "body" and is_text:
                self._wait(float("inf"))
            # By the clock, so that the rate holds also on a busy machine.
            due += 1 / reply.rate if reply.rate and is_text else 0
            self._wait(due - time.monotonic())
        if reply.cut_after is not None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return "cut"
        self._write(call, b"0\r\n\r\n")
        return "completed"

    def _send_whole(self, call: Call, reply: Reply) -> None:
        assert reply.body is not None
        self._start(reply.status, reply.content_type, {"content-length": str(len(reply.body))})
        self._write(call, reply.body)

    def _send_raw(self, call: Call, reply: Reply) -> str:
        for piece in reply.raw:
            self._write(call, piece)
            self._wait(reply.pause)
        self.close_connection = True
        return "cut"

    def _send_json(
        self, status: int, content: Any, *, headers: dict[str, str] | None = None
    ) -> None:
        raw = json.dumps(content).encode()
        length = {"content-length": str(len(raw))}
        self._start(status, "application/json", (headers or {}) | length)
        self.wfile.write(raw)

    def _start(self, status: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("request-id", f"req_{time.time_ns():x}")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _write(self, call: Call, data: bytes) -> None:
        for start in range(
            0, len(data), PIECE
        ):  # who goes away in the middle has had the first of them
            piece = data[start : start + PIECE]
            self.wfile.write(piece)
            call.bytes_sent += len(piece)

    def _wait(self, seconds: float) -> None:
        """Wait, and notice at once when the client goes. Raises `ClientGone`, `ServerStops`."""
        poll = select.poll()
        poll.register(self.connection, select.POLLIN | HANG_UP)
        end = time.monotonic() + seconds
        while True:
            if self.script.stopping.is_set():
                raise ServerStops
            left = end - time.monotonic()
            if poll.poll(max(0, min(left, BLINK)) * 1_000):
                raise ClientGone
            if left <= BLINK:
                return


def _until(parts: Iterable[bytes], limit: int | None) -> Iterator[bytes]:
    """The parts, up to `limit` bytes."""
    for part in parts:
        if limit is None:
            yield part
            continue
        if part := part[:limit]:
            yield part
        limit -= len(part)
        if limit <= 0:
            return


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _input_tokens(body: dict[str, Any]) -> int:
    asked = {k: body[k] for k in ("system", "messages", "output_config") if k in body}
    return tokens(json.dumps(asked, ensure_ascii=False))


def _refused(path: str, body: Any, version: str | None) -> Reply | None:
    """The API's answer to a request it does not take."""
    if path.partition("?")[0] != "/v1/messages":
        return Reply(name="no_such_path", status=404, error_type="not_found_error")
    wrong = ""
    if not isinstance(body, dict):
        wrong = "the body is not a JSON object"
    elif missing := [k for k in ("model", "messages", "max_tokens") if not body.get(k)]:
        wrong = f"{missing[0]}: field required"
    elif extra := [k for k in FORBIDDEN if k in body]:
        wrong = f"{extra[0]} is not supported by this model"
    elif body.get("tool_choice", {}).get("type") in ("any", "tool"):
        wrong = "tool_choice forces tool use"
    elif version is None:
        wrong = "anthropic-version: header is required"
    if not wrong:
        return None
    return Reply(name="refused", status=400, error_type="invalid_request_error", message=wrong)
