"""A provider for tests of what lies above the seam: queued answers, or the schema filled in."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from storyforge.ai.errors import Stopped
from storyforge.ai.text.base import OnText, TextProvider, TextRequest, TextResult, Usage
from storyforge.ai.text.fill import fill
from storyforge.ai.text.strict_json import parse_json
from storyforge.core.errors import StoryforgeError

PIECE = 40  # characters handed to `on_text` at a time
CHARACTERS_A_TOKEN = 4
WAIT = 0.05


class FakeText(TextProvider):
    """Answers in the order given, then from the request's schema, always the same.

    An answer is text, a value that is sent as JSON, an error that is raised, or a function from the
    request to one of these. `history` keeps every request.
    """

    def __init__(
        self,
        *,
        answers: Iterable[Any] = (),
        model: str = "fake",
        latency: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.model = model
        self.latency = latency
        self.seed = seed
        self.answers: deque[Any] = deque(answers)
        self.history: list[TextRequest] = []

    @property
    def is_local(self) -> bool:
        """It reaches nothing."""
        return True

    def queue(self, *answers: Any) -> None:
        """Add answers for the next calls."""
        self.answers.extend(answers)

    def complete(
        self,
        request: TextRequest,
        *,
        on_text: OnText | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> TextResult:
        """Answer as the seam promises; see `TextProvider.complete`."""
        started = time.monotonic()
        self.history.append(request)
        text = self._text(request)
        _wait(self.latency, should_stop)
        for start in range(0, len(text), PIECE):
            _wait(0, should_stop)
            if on_text is not None:
                on_text(text[start : start + PIECE])
        return TextResult(
            text=text,
            data=parse_json(text) if request.schema is not None else None,
            model=self.model,
            usage=Usage(
                input_tokens=len(request.system + request.prompt) // CHARACTERS_A_TOKEN,
                output_tokens=len(text) // CHARACTERS_A_TOKEN,
            ),
            request_id=f"fake-{len(self.history)}",
            seconds=time.monotonic() - started,
        )

    def _text(self, request: TextRequest) -> str:
        answer = self.answers.popleft() if self.answers else self._filled(request)
        if callable(answer) and not isinstance(answer, type):
            answer = answer(request)
        if isinstance(answer, StoryforgeError):
            raise answer
        return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)

    def _filled(self, request: TextRequest) -> Any:
        return fill(request.schema or {"type": "string"}, seed=self.seed)


def _wait(seconds: float, should_stop: Callable[[], bool] | None) -> None:
    end = time.monotonic() + seconds
    while True:
        if should_stop is not None and should_stop():
            raise Stopped
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(WAIT, left))
