"""Short letters about an account. Sent beside the request: how long it takes must tell nobody anything."""

from __future__ import annotations

import logging
import smtplib
import threading
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from storyforge.accounts.models import User

logger = logging.getLogger(__name__)


class Post:
    """Sends in a thread of its own, or at once where `threaded` is off."""

    threaded = True

    def send(self, message: EmailMessage) -> None:
        if self.threaded:
            threading.Thread(target=_send, args=[message], daemon=False).start()
        else:
            _send(message)


post = Post()


def tell(user: User, letter: str, **context: Any) -> None:
    """Send `templates/mail/<letter>.txt`; its first line is the subject."""
    post.send(write(user, letter, **context))


def write(user: User, letter: str, **context: Any) -> EmailMessage:
    """The message, not sent."""
    text = render_to_string(f"mail/{letter}.txt", {"user": user, **context})
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(subject=subject, body=body.strip() + "\n", to=[user.email])


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:  # the person may ask again
        logger.warning("a letter was not sent: %s", type(error).__name__)
