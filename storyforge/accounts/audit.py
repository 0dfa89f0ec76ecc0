"""One row for each unsafe operation, written when its answer is known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from storyforge.accounts.models import User
from storyforge.accounts.peppers import pseudonym
from storyforge.core.context import request_id
from storyforge.core.prepared import Prepared
from storyforge.core.rates import address_of

logger = logging.getLogger(__name__)

MADE = (201, 202)
SECRET_PARTS = ("uid", "token")  # of links that were sent by mail
APPEND = Prepared(
    "audit",
    """
INSERT INTO accounts_auditentry (at, actor, action, object_type, object_id, status, request_id, address)
VALUES (
    statement_timestamp(), %(actor)s, %(action)s, %(object_type)s, %(object_id)s, %(status)s,
    %(request_id)s, %(address)s
)
""",
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


def note(request: HttpRequest, action: str, *, person: User | None = None) -> None:
    """Say what this request did, where its method and path do not, and who it was about."""
    request.audit_action = action  # type: ignore[attr-defined]
    request.audit_person = person  # type: ignore[attr-defined]


class Audit:
    """Writes the row after every answer to an unsafe method, and to whatever was noted.

    Strangers leave rows only where something was noted: a refused request of nobody changes nothing,
    and nobody may fill the table.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = request.user if request.method not in SAFE_METHODS else None
        who = before if before is not None and before.is_authenticated else None
        response = self.get_response(request)
        noted = getattr(request, "audit_action", "")
        if request.method in SAFE_METHODS and not noted:
            return response
        person = getattr(request, "audit_person", None) or who or request.user
        actor = person.audit_id if isinstance(person, User) else None
        if actor or noted:
            try:
                record(request, response, action=noted, actor=actor)
            except OperationalError:
                # What was done is done, and its answer true. The row goes to the log instead.
                logger.exception("no audit row: %s %s %s", actor, noted, response.status_code)
        return response


def record(request: HttpRequest, response: HttpResponse, *, action: str, actor: Any) -> None:
    """Append the row. The object is what stands in the path, or what was made."""
    match = request.resolver_match
    name = str(match.url_name or match.route) if match else "unknown"
    kind, key = _object(name, match.kwargs if match else {})
    made = getattr(response, "data", None)
    if not key and response.status_code in MADE and isinstance(made, dict):
        key = str(made.get("id", ""))
    values = {
        "actor": actor,
        "action": (action or f"{request.method} {name}")[:80],
        "object_type": kind[:60],
        "object_id": _shown(key)[:64],
        "status": response.status_code,
        "request_id": request_id.get()[:32],
        "address": pseudonym(f"address:{address_of(request)}"),
    }
    APPEND.run(**values)


def _shown(text: str) -> str:
    """What a path held may be no text at all, such as NUL, which no column takes."""
    return "".join(character for character in text if character.isprintable())


def _object(name: str, kwargs: dict[str, Any]) -> tuple[str, str]:
    """Type and id of what a path names: its own row, else the row it lies under."""
    for key in ("pk", "object_id", *kwargs):
        if key in kwargs and key not in SECRET_PARTS:
            kind = name.partition("-")[0] if key in ("pk", "object_id") else key.removesuffix("_pk")
            value = str(kwargs[key])
            # The log knows people by their audit_id; a user's id stands in paths of the admin only.
            return kind, pseudonym(value) if name.startswith("accounts_") else value
    return name.partition("-")[0] if "-" in name else "", ""
