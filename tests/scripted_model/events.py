"""A message on the wire, as events or in one piece.

Form: https://docs.anthropic.com/en/api/messages-streaming
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.scripted_model.replies import CHARACTERS_A_TOKEN, Reply, tokens

FAST_PIECE = 400  # characters of an event where no rate is set


def message(reply: Reply, *, model: str, number: int, input_tokens: int) -> dict[str, Any]:
    """The whole message, as a call without `stream` gets it."""
    blocks: list[dict[str, Any]] = []
    if reply.thinking:
        blocks.append({"type": "thinking", "thinking": reply.thinking, "signature": "c2ln"})
    blocks.append({"type": "text", "text": reply.text, "citations": None})
    return {
        "id": f"msg_{number:08d}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks,
        "stop_reason": reply.stop_reason,
        "stop_sequence": None,
        "stop_details": _details(reply),
        "usage": _usage(input_tokens, output_tokens(reply)),
    }


def output_tokens(reply: Reply) -> int:
    """Thinking included, as the API counts."""
    return tokens(reply.thinking) + tokens(reply.text)


def stream(
    reply: Reply, *, model: str, number: int, input_tokens: int, slow: bool
) -> Iterator[bytes]:
    """The message as server-sent events; where `slow`, each event of text is one token."""
    start = message(reply, model=model, number=number, input_tokens=input_tokens)
    start |= {"content": [], "stop_reason": None, "stop_details": None}
    start["usage"] = _usage(input_tokens, 1)
    yield _event("message_start", message=start)
    index = 0
    if reply.thinking:
        yield from _thinking(reply.thinking)
        index = 1
    yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
    yield _event("ping")
    size = CHARACTERS_A_TOKEN if slow else FAST_PIECE
    end = len(reply.text) // 2 if reply.breaks_with else len(reply.text)
    for at in range(0, end, size):
        delta = {"type": "text_delta", "text": reply.text[at : at + size]}
        yield _event("content_block_delta", index=index, delta=delta)
    if reply.breaks_with:
        yield _event("error", error={"type": reply.breaks_with, "message": "Overloaded"})
        return
    yield _event("content_block_stop", index=index)
    delta = {"stop_reason": reply.stop_reason, "stop_sequence": None}
    if details := _details(reply):
        delta["stop_details"] = details
    yield _event("message_delta", delta=delta, usage=_usage(input_tokens, output_tokens(reply)))
    yield _event("message_stop")


def _thinking(text: str) -> Iterator[bytes]:
    block = {"type": "thinking", "thinking": "", "signature": ""}
    yield _event("content_block_start", index=0, content_block=block)
    for delta in (
        {"type": "thinking_delta", "thinking": text},
        {"type": "signature_delta", "signature": "c2ln"},
    ):
        yield _event("content_block_delta", index=0, delta=delta)
    yield _event("content_block_stop", index=0)


def _details(reply: Reply) -> dict[str, Any] | None:
    if reply.stop_reason != "refusal":
        return None
    return {"type": "refusal", "category": reply.category, "explanation": None}


def _usage(input_tokens: int, output: int) -> dict[str, Any]:
    return {
        "input_tokens": input_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "service_tier": "standard",
    }


def _event(kind: str, **fields: Any) -> bytes:
    content = {"type": kind, **fields}
    try:
        data = json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8; escaped it goes through.
        data = json.dumps(content).encode()
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"
