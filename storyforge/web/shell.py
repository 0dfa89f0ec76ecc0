"""What the frame around every page shows."""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from storyforge.ai.config import get_text_provider, has_text_provider
from storyforge.money.usage import Period, usage_of


def _spend(request: HttpRequest) -> Period | None:
    """This month's money of whoever is signed in; nothing where no model could cost any."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not has_text_provider():
        return None
    return usage_of(user.pk).month


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html: who writes, and which screen is current."""
    writer = "Rules writer, no key needed"
    if has_text_provider():
        writer = get_text_provider().model
    match = request.resolver_match
    return {
        "writer_line": writer,
        "screen": match.url_name if match else "",
        # A server of threads would hold one for each open stream; its pages poll.
        "spend": _spend(request),
        "streams": isinstance(request, ASGIRequest),
    }
