"""The model of worlds without a server: the same answers and errors, at the seam to the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storyforge.ai.errors import (
    ContentRefused,
    OutputCut,
    ProviderRateLimited,
    ProviderUnavailable,
)
from storyforge.ai.text.base import OnText, TextProvider, TextRequest, TextResult, Usage
from storyforge.ai.text.strict_json import parse_json
from tests.scripted_model.replies import tokens
from tests.scripted_model.worlds import WorldModel


class WorldText(TextProvider):
    """Answers as the adapter would after a call to a `ScriptedModel` with this `WorldModel`."""

    def __init__(self, *, model: str = "claude-sonnet-5-5", **knobs: Any) -> None:
        self.model = model
        self.world = WorldModel(**knobs)
        self.history: list[TextRequest] = []
        self.interfere: Callable[[TextRequest], None] | None = None  # raises what a test wants

    @property
    def is_local(self) -> bool:
        """It reaches nothing."""
        return True

    def complete(
        self,
        request: TextRequest,
        *,
        on_text: OnText | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> TextResult:
        """See `TextProvider.complete`."""
        self.history.append(request)
        if self.interfere is not None:
            self.interfere(request)
        reply = self.world.reply(request.prompt, request.schema or {}).within(request.max_tokens)
        usage = Usage(
            input_tokens=tokens(request.system + request.prompt), output_tokens=tokens(reply.text)
        )
        if reply.status == 429:
            raise ProviderRateLimited
        if reply.status != 200 or reply.cut_after is not None:
            raise ProviderUnavailable
        for stop, error in (("max_tokens", OutputCut), ("refusal", ContentRefused)):
            if reply.stop_reason == stop:
                failure = error()
                failure.usage, failure.model = usage, self.model
                raise failure
        return TextResult(
            text=reply.text, data=parse_json(reply.text), model=self.model, usage=usage
        )
