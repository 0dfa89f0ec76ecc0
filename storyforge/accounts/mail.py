"""Short letters about an account. Sent beside the request: how long it takes must tell nobody anything."""

from __future__ import annotations

import logging
import smtplib
import threading
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from storyforge.accounts.models import User
from storyforge.accounts.peppers import pseudonym
from storyforge.core.rates import Rate, is_spent

logger = logging.getLogger(__name__)
LATER = 0.5  # seconds, by when the answer has left


class Post:
    """Sends in a thread of its own, or at once where `threaded` is off."""

    threaded = True

    def send(self, message: EmailMessage | None) -> None:
        """Begin when the answer has left. None, where nobody gets a letter, takes the request as long."""
        if self.threaded:
            threading.Timer(LATER, _send, [message]).start()
        else:
            _send(message)


post = Post()


def is_too_much(address: str) -> bool:
    """Count a letter that somebody else may have asked for; whether the address got too many of them lately.

    Counted by what was typed, whether it has an account or not.
    """
    return is_spent(Rate.LETTERS, f"letter:{pseudonym(f'letter:{address.lower()}')}")


def tell(user: User, letter: str, **context: Any) -> None:
    """Send `templates/mail/<letter>.txt`; its first line is the subject."""
    post.send(write(user, letter, **context))


def write(user: User, letter: str, **context: Any) -> EmailMessage:
    """The message, not sent."""
    text = render_to_string(f"mail/{letter}.txt", {"user": user, **context})
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(subject=subject, body=body.strip() + "\n", to=[user.email])


def _send(message: EmailMessage | None) -> None:
    if message is None:
        return
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:  # the person may ask again
        logger.warning("a letter was not sent: %s", type(error).__name__)
