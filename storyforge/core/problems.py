"""Every refusal leaves as an RFC 9457 problem document with a stable `error_code`."""

from __future__ import annotations

import logging
import math
from typing import Any

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response

from storyforge.core.context import request_id
from storyforge.core.errors import (
    DatabaseUnavailable,
    MalformedRequest,
    NotFound,
    RoleTooLow,
    StoryforgeError,
    TookTooLong,
)
from storyforge.core.parsing import BodyTooLarge

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Not accepted",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    415: "Unsupported media type",
    429: "Too many requests",
    413: "Too large",
    500: "Something went wrong here",
    503: "Not available now",
}
CODES: dict[type[exceptions.APIException], str] = {
    exceptions.ValidationError: "validation_error",
    exceptions.ParseError: "malformed_request",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "authentication_failed",
    exceptions.PermissionDenied: "permission_denied",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
}
# What Django raises by itself, in our words.
TRANSLATED: tuple[tuple[type[Exception], type[StoryforgeError]], ...] = (
    (Http404, NotFound),
    (ObjectDoesNotExist, NotFound),  # it was there when the request began, and went meanwhile
    (PermissionDenied, RoleTooLow),
    (RequestDataTooBig, BodyTooLarge),
    (SuspiciousOperation, MalformedRequest),  # too many fields or files
    (BadRequest, MalformedRequest),
    (UnreadablePostError, MalformedRequest),  # the client hung up
)


def problem(code: str, status: int, detail: str, **members: Any) -> dict[str, Any]:
    """The members of a problem document."""
    return {
        "type": f"/problems/{code}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
        "error_code": code,
        "request_id": request_id.get(),
        **members,
    }


def of_database(error: OperationalError) -> StoryforgeError:
    """What to say of a statement that was cut at its time limit, and of a database that is away."""
    return TookTooLong() if isinstance(error.__cause__, QueryCanceled) else DatabaseUnavailable()


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unexpected errors go on to Django, which logs them."""
    ours = next((own for kind, own in TRANSLATED if isinstance(exc, kind)), None)
    if isinstance(exc, ObjectDoesNotExist):  # a mistake of ours would look the same
        logger.warning("a row went while a request was at work", exc_info=exc)
    if ours is not None:
        exc = ours()
    elif isinstance(exc, OperationalError):
        exc = of_database(exc)
    if isinstance(exc, StoryforgeError):
        wait = {"Retry-After": str(math.ceil(exc.retry_after))} if exc.retry_after else None
        return _respond(problem(exc.code, exc.status, exc.message, **exc.members), wait)
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    return None


def _from_framework(exc: exceptions.APIException) -> Response | None:
    code = next((c for kind, c in CODES.items() if isinstance(exc, kind)), None)
    if code is None:
        return None
    members: dict[str, Any] = {}
    detail = str(exc.detail)
    if isinstance(exc, exceptions.ValidationError):
        members["errors"] = (
            exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        )
        detail = "Some fields were not accepted."
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return _respond(problem(code, exc.status_code, detail, **members), headers)


def _respond(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def api_error(request: HttpRequest, code: str, status: int, detail: str) -> JsonResponse:
    """A problem document outside DRF: for the error pages of paths below /api/."""
    return JsonResponse(problem(code, status, detail), status=status, content_type=MEDIA_TYPE)
