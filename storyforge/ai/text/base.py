"""The seam to a language model: one request, streamed pieces, one result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OnText = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRequest:
    """What a model is asked.

    `system` and `prompt` are final text, user data already fenced. `schema` is a full JSON
    Schema of the answer, or None for plain text; `max_tokens` bounds the answer, thinking included.
    The first `shared` characters of the prompt come again in other calls, so a cache of them pays.
    """

    system: str
    prompt: str
    schema: dict[str, Any] | None = None
    max_tokens: int = 8_000
    shared: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where the answer was cut before it said."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TextResult:
    """A finished answer: `text` as it came, `data` the JSON in it (None for plain text)."""

    text: str
    data: Any
    model: str
    usage: Usage
    request_id: str = ""
    seconds: float = field(default=0.0, compare=False)


class TextProvider(ABC):
    """One way to reach a model. Built once per alias and process; safe to use from many threads."""

    model: str

    @classmethod  # noqa: B027 - most providers need nothing
    def load(cls) -> None:
        """Import the libraries a call needs, which may take seconds, so that forked processes have them."""

    @property
    def is_local(self) -> bool:
        """Whether calls stay on this machine, so that they may be made while calls are not allowed."""
        return False

    def close(self) -> None:  # noqa: B027 - most providers hold nothing open
        """Let go of connections. The provider is not used afterwards."""

    @abstractmethod
    def complete(
        self,
        request: TextRequest,
        *,
        on_text: OnText | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> TextResult:
        """Stream the answer and return it whole.

        `on_text` is called with each piece of text. `should_stop` is asked between pieces and
        at least once a second while the provider is silent; when it says yes the stream is closed
        and `Stopped` raised.

        Raises:
            ProviderUnavailable, ProviderRateLimited: a later try may succeed.
            ProviderMisconfigured, ContentRefused, ContextTooLong: it will not.
            OutputCut, NotJson, UnusableOutput: the answer is no use; `InvalidOutput`, all three.
            Stopped: `should_stop` said so.
        """
