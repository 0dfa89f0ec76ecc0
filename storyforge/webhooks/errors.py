"""Why a message was not delivered. They stand with its tries, and in the job that delivers."""

from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class TooManyWebhooks(StoryforgeError):
    """This project has as many webhooks as it may have; delete one that is not needed any more."""

    code = "too_many_webhooks"
    status = 409


class NotDelivered(StoryforgeError):
    """The receiver did not take the message. It will be tried again."""

    code = "webhook_not_delivered"
    status = 502
    retryable = True

    def __init__(self, message: str = "", *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class WebhookOff(StoryforgeError):
    """The webhook is switched off, so its messages are not sent."""

    code = "webhook_off"
    status = 409


class LetterNotSent(StoryforgeError):
    """The mail server did not take a letter. It will be tried again."""

    code = "letter_not_sent"
    status = 503
    retryable = True
