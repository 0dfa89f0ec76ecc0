"""Error pages in the frame of the studio; below /api a problem document."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults

from storyforge.core.errors import MalformedRequest, StoryforgeError
from storyforge.core.parsing import BodyTooLarge
from storyforge.core.problems import api_error, of_database


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        error = BodyTooLarge() if isinstance(exception, RequestDataTooBig) else MalformedRequest()
        return api_error(request, error.code, error.status, error.message)
    return defaults.bad_request(request, exception or MalformedRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        return api_error(request, "permission_denied", 403, "This is not allowed.")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        return api_error(request, "not_found", 404, "There is nothing here, or it is not yours.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """No database, no session: whatever broke may be one of them."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError):
        return _of_database(request, of_database(error))
    if request.path.startswith("/api/"):
        return api_error(request, "INTERNAL_ERROR", 500, "Something went wrong; it was logged.")
    return HttpResponse(render_to_string("500.html"), status=500)


def _of_database(request: HttpRequest, error: StoryforgeError) -> HttpResponse:
    """A page, or a middleware before or after the view: nobody turns it into a problem document."""
    if request.path.startswith("/api/"):
        answer: HttpResponse = api_error(request, error.code, error.status, error.message)
    else:
        answer = HttpResponse(render_to_string("500.html"), status=error.status)
    if error.retry_after:
        answer["Retry-After"] = str(int(error.retry_after))
    return answer
