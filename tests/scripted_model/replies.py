"""What the server was asked, and what it is to answer."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from storyforge.ai.text import schemas
from storyforge.ai.text.fill import fill

CHARACTERS_A_TOKEN = 4


def tokens(text: str) -> int:
    """A token for every four characters begun."""
    return math.ceil(len(text) / CHARACTERS_A_TOKEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer and how it comes.

    `latency` is waited before the headers, in seconds; `rate` is tokens a second, 0 for all at once.
    `hang` stops for ever before the "headers" or in the middle of the "body". `cut_after` closes the
    connection after so many bytes of body. `body` is sent as it is in place of an answer.
    `breaks_with` ends a stream with an error event of that type after half of the text. `raw` goes to
    the socket as it is, status line and headers included, `pause` seconds between its pieces; then the
    connection is closed.
    """

    name: str = "valid"
    text: str = ""
    stop_reason: str = "end_turn"
    category: str | None = None
    thinking: str = ""
    status: int = 200
    error_type: str = ""
    error_code: str = ""
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    latency: float | None = None
    rate: float | None = None
    hang: str = ""
    cut_after: int | None = None
    body: bytes | None = None
    content_type: str = "text/event-stream; charset=utf-8"
    breaks_with: str = ""
    keeps_to_max_tokens: bool = True
    raw: tuple[bytes, ...] = ()
    pause: float = 0.0

    def within(self, max_tokens: int) -> Reply:
        """The reply as a model gives it that may write so many tokens."""
        if not self.keeps_to_max_tokens or tokens(self.text) <= max_tokens:
            return self
        text = self.text[: max_tokens * CHARACTERS_A_TOKEN]
        return replace(self, text=text, stop_reason="max_tokens")

    def error_body(self) -> dict[str, Any]:
        """The JSON of an error answer."""
        error: dict[str, Any] = {"type": self.error_type, "message": self.message or self.name}
        if self.error_code:
            error["details"] = {"error_code": self.error_code}
        return {"type": "error", "error": error, "request_id": "req_scripted"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request as the server sees it. `seed` differs from call to call, the same on every run."""

    number: int
    body: dict[str, Any]
    seed: int
    words: int

    @property
    def schema(self) -> dict[str, Any] | None:
        """The schema of the answer, from `output_config` or from the words of the prompt."""
        wanted = self.body.get("output_config")
        if isinstance(wanted, dict):
            schema = wanted.get("format", {}).get("schema")
            return schema if isinstance(schema, dict) else None
        system = self.body.get("system")
        if not isinstance(system, str) or schemas.HEADING not in system:
            return None
        found: dict[str, Any] = json.loads(system.split(schemas.HEADING, 1)[1].strip())
        return found

    def data(self, *, texts: tuple[str, ...] = ()) -> Any:
        """A value that fits the schema; a text where none was given."""
        schema = self.schema or {"type": "string"}
        return fill(schema, seed=self.seed, words=self.words, texts=texts)

    def text(self) -> str:
        """The good answer."""
        data = self.data()
        return data if self.schema is None else json.dumps(data, ensure_ascii=False)


Answer = Reply | str | dict[str, Any] | list[Any] | Callable[[Asked], Any]


def reply_from(answer: Any, asked: Asked) -> Reply:
    """Any form of answer as a `Reply`: a function is called, a value is sent as JSON."""
    while callable(answer):
        answer = answer(asked)
    if isinstance(answer, Reply):
        return answer
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return Reply(text=text)
