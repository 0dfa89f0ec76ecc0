from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from storyforge.core.acting import acting_in
from storyforge.core.context import request_id
from storyforge.core.errors import TlsNeeded
from storyforge.core.problems import api_error

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Gives each request an id and says how long it took (`X-Request-Id`, `X-Process-Time` in s)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            response["X-Process-Time"] = f"{time.perf_counter() - started:.4f}"
            return response
        finally:
            request_id.reset(token)


class RateHeaders:
    """Tells a caller how much of their limit is left, where the request was counted (see `rates`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        standing = getattr(request, "rate_standing", None)
        if standing is not None:
            for name, value in standing.headers().items():
                response[name] = value
        return response


class ActingUser:
    """Lets the statements of a request be those of its user. Streams say so again for each piece."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_in(request):
            return self.get_response(request)


class ApiOverTls:
    """Refuses calls of the API over http where the installation has TLS.

    A page is redirected, since a person typed its address. A program that were redirected would go on
    sending its token in the clear, and nobody would notice.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SECURE_SSL_REDIRECT
            and request.path.startswith("/api/")
            and not request.is_secure()
        ):
            error = TlsNeeded()
            return api_error(request, error.code, error.status, error.message)
        return self.get_response(request)


class Unshared:
    """Lets no browser keep an answer, and no other site take one in, unless its view says otherwise.

    Static files are answered before this: everybody gets the same.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class CompressedPages(GZipMiddleware):
    """Compresses pages: a list of a hundred scenes is a tenth then. Answers of the API keep their bytes and ETags.

    Django adds up to a hundred random bytes to each, so that its length tells nothing of what is in it
    (BREACH), and masks the token of each form.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The page compressed, anything else as it is."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
