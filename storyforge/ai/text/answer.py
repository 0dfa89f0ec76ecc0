"""An answer growing out of the events of a Messages stream."""

from __future__ import annotations

import json
import re
from typing import Any

from storyforge.ai.errors import (
    Answered,
    ContentRefused,
    ContextTooLong,
    OutputCut,
    ProviderUnavailable,
    UnusableOutput,
)
from storyforge.ai.text.base import OnText, Usage
from storyforge.ai.text.strict_json import UNSTORABLE
from storyforge.ai.text.vendor_errors import VendorError, from_body

# 128,000 tokens of prose are about 600,000 characters; more than this is no answer.
MAX_CHARACTERS = 4_000_000
# No context is as long; a larger count is no count, and the call is booked as one that said none.
MOST_TOKENS = 10_000_000
SLUG = re.compile(r"[a-z_]{1,40}")
# Some gateways cut in the middle of a character that needs two UTF-16 units.
SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class ErrorEvent(Exception):
    """The stream carried an error event."""

    def __init__(self, error: VendorError) -> None:
        self.error = error
        super().__init__(error.kind)


class Answer:
    """What has come so far: text, token counts, and why it ended."""

    def __init__(self, on_text: OnText | None = None) -> None:
        self.on_text = on_text
        self.model = ""
        self.request_id = ""
        self.stop_reason = ""
        self.stop_category = ""
        self._pieces: list[str] = []
        self._characters = 0
        self._counts: dict[str, int] = {}

    @property
    def text(self) -> str:
        """The text of all text blocks. Thinking is not part of it."""
        return SPLIT_PAIR.sub(_one_character, "".join(self._pieces))

    @property
    def usage(self) -> Usage:
        """The last counts the provider gave."""
        return Usage(
            input_tokens=self._counts.get("input_tokens"),
            output_tokens=self._counts.get("output_tokens"),
            cache_read_tokens=self._counts.get("cache_read_input_tokens", 0),
            cache_write_tokens=self._counts.get("cache_creation_input_tokens", 0),
        )

    def take(self, data: str) -> None:
        """Read one event's JSON.

        Raises `ErrorEvent` for an error event, `ProviderUnavailable` for what is no event, and
        `OutputCut` for text without end.
        """
        event = _event(data)
        match event.get("type"):
            case "message_start":
                self._start(_dict(event, "message"))
            case "content_block_start":
                self._add(_dict(event, "content_block"), kind="text")
            case "content_block_delta":
                self._add(_dict(event, "delta"), kind="text_delta")
            case "message_delta":
                self._delta(_dict(event, "delta"), _dict(event, "usage"))
            case "error":
                raise ErrorEvent(from_body(event, request_id=self.request_id))

    def check_ending(self) -> None:
        """Raise unless the answer came to its natural end."""
        match self.stop_reason:
            case "end_turn" | "stop_sequence":
                return
            case "":
                raise ProviderUnavailable("The AI service broke off in the middle of its answer.")
            case "max_tokens":
                raise OutputCut("the answer was longer than allowed and came cut off")
            case "refusal":
                raise ContentRefused(**({"category": c} if (c := self.stop_category) else {}))
            case "model_context_window_exceeded":
                raise ContextTooLong
            case _:
                raise UnusableOutput("the answer asked for something instead of writing")

    def plain_text(self) -> str:
        """The text, where no JSON was asked for. Raises `UnusableOutput` for none, and for NUL."""
        text = self.text
        if not text.strip():
            raise UnusableOutput("the answer was empty")
        if UNSTORABLE.search(text):
            raise UnusableOutput("the answer holds a character that cannot be stored")
        return text

    def mark(self, failure: object) -> None:
        """Note on the failure what had come by then."""
        if isinstance(failure, Answered):
            failure.usage = self.usage if self._counts else None
            failure.model = self.model
            failure.text = self.text

    def _start(self, message: dict[str, Any]) -> None:
        model = message.get("model")
        self.model = UNSTORABLE.sub("\ufffd", model)[:100] if isinstance(model, str) else ""
        self._count(_dict(message, "usage"))
        # The first event's output count is a placeholder; only the last one is the bill.
        self._counts.pop("output_tokens", None)

    def _delta(self, delta: dict[str, Any], usage: dict[str, Any]) -> None:
        self._count(usage)
        reason = delta.get("stop_reason")
        if isinstance(reason, str):
            self.stop_reason = reason
        category = _dict(delta, "stop_details").get("category")
        if isinstance(category, str) and SLUG.fullmatch(category):
            self.stop_category = category

    def _count(self, usage: dict[str, Any]) -> None:
        self._counts |= {name: count for name, count in usage.items() if _is_count(count)}

    def _add(self, block: dict[str, Any], *, kind: str) -> None:
        piece = block.get("text") if block.get("type") == kind else None
        if not isinstance(piece, str) or not piece:
            return
        self._pieces.append(piece)
        self._characters += len(piece)
        if self._characters > MAX_CHARACTERS:
            raise OutputCut(f"the answer was longer than {MAX_CHARACTERS} characters")
        if self.on_text is not None:
            self.on_text(UNSTORABLE.sub("\ufffd", piece))


def _event(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise ProviderUnavailable("The AI service sent something that is no answer.")
    return event


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MOST_TOKENS


def _dict(parent: dict[str, Any], key: str) -> dict[str, Any]:
    child = parent.get(key)
    return child if isinstance(child, dict) else {}


def _one_character(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
