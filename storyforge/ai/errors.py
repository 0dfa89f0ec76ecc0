"""What can go wrong with a provider, in our words. Nothing above `ai` sees a vendor's exception."""

from __future__ import annotations

from typing import Any

from storyforge.core.errors import InvalidOutput, StoryforgeError


class ProviderUnavailable(StoryforgeError):
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
    """The AI service refused our key, model or request. Ask the operator to check the settings."""

    code = "provider_misconfigured"
    status = 503


class ContentRefused(StoryforgeError):
    """The model declined to write this."""

    code = "content_refused"
    status = 422


class ContextTooLong(StoryforgeError):
    """This is more text than the model can read at once."""

    code = "context_too_long"
    status = 422


class OutputCut(InvalidOutput):
    """The answer was longer than allowed and came cut off."""


class NotJson(InvalidOutput):
    """The answer was not the JSON that was asked for."""


class Stopped(StoryforgeError):
    """The call was stopped because the job was canceled or taken over."""

    code = "stopped"
    status = 409
