"""What can go wrong with a provider, in our words. Nothing above `ai` sees a vendor's exception."""

from __future__ import annotations

from typing import Any

from storyforge.ai.text.base import Usage
from storyforge.core.errors import InvalidOutput, StoryforgeError


class Answered(StoryforgeError):
    """The AI service had begun to answer when this happened.

    `usage` is what it had counted by then, None where it had said nothing: tokens may have been
    paid for although there is no result. `text` is what came, for a repair call; never shown.
    """

    usage: Usage | None = None
    model: str = ""
    text: str = ""


class ProviderUnavailable(Answered):
    """The AI service could not be reached or is overloaded. It will be tried again."""

    code = "AI_SERVICE_UNAVAILABLE"
    status = 503
    retryable = True

    def __init__(self, message: str = "", *, retry_after: float = 0.0, **members: Any) -> None:
        self.retry_after = retry_after
        super().__init__(message, **members)


class ProviderRateLimited(ProviderUnavailable):
    """The AI service asks us to slow down. It will be tried again."""

    code = "provider_rate_limited"


class ProviderMisconfigured(StoryforgeError):
    """The AI service refused our key, model or request. Ask the operator to check the settings.

    `vendor_status` is the HTTP status it answered with, None where it was never asked: 401, 402 and
    403 concern every call, 400 and 404 perhaps only this one.
    """

    code = "provider_misconfigured"
    status = 503

    def __init__(
        self, message: str = "", *, vendor_status: int | None = None, **members: Any
    ) -> None:
        self.vendor_status = vendor_status
        super().__init__(message, **members)


class NoModel(ProviderMisconfigured):
    """No model is configured here; the rules can write this."""

    code = "no_model"
    status = 422


class UnknownPrice(StoryforgeError):
    """What this model costs is not known. Ask the operator to add its price."""

    code = "unknown_price"
    status = 503


class ContentRefused(Answered):
    """The model declined to write this."""

    code = "content_refused"
    status = 422


class ContextTooLong(Answered):
    """This is more text than the model can read at once."""

    code = "context_too_long"
    status = 422


class OutputCut(Answered, InvalidOutput):
    """The answer was longer than allowed and came cut off."""


class NotJson(Answered, InvalidOutput):
    """The answer was not the JSON that was asked for."""


class UnusableOutput(Answered, InvalidOutput):
    """The answer was empty, or of a kind that was not asked for."""


class Stopped(Answered):
    """The call was stopped because the job was canceled or taken over."""

    code = "stopped"
    shown = False
    status = 409
