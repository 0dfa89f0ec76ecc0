"""The events of one job as a stream: what the table holds, then what happens.

No thread and no database connection belongs to a stream while it waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.exceptions import APIException, NotAcceptable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from storyforge.core.acting import acting_as
from storyforge.core.errors import StoryforgeError
from storyforge.jobs import events
from storyforge.jobs.errors import TooManyStreams
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.stream_hub import Pass, Reader, hub, in_thread, open_streams
from storyforge.projects.roles import Action

PING_SECONDS = 15.0
MOST_STREAMS = 64  # of one person at one web process, where rates are limited: a page opens one
RETRY = b"retry: 2000\n\n"


class EventStreamRenderer(JSONRenderer):
    """Lets clients ask for an event stream; what it renders are the refusals."""

    media_type = "text/event-stream"
    format = "events"


def stream(request: Request, job: Job, *, after: int) -> HttpResponse | StreamingHttpResponse:
    """The answer to a client that may see the job and knows its events up to `after`.

    204 when the job has ended and nothing is left to tell: an EventSource then stops asking. Raises
    `NotAcceptable` where the server would hold a thread for each stream, and `TooManyStreams`; clients
    poll instead.
    """
    raw = request._request  # noqa: SLF001 - Django's own request has no public name there
    if not isinstance(raw, ASGIRequest):
        raise NotAcceptable("This server does not stream. Ask for application/json.")
    person = request.user.pk
    if settings.RATE_LIMITS and open_streams(person) >= MOST_STREAMS:
        raise TooManyStreams
    rows = events.page(job.pk, after)
    if job.is_terminal and not rows:
        return HttpResponse(status=204)
    response = EventStream(
        _Following(job, rows, after=after, by=_pass_of(request)),
        content_type="text/event-stream; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def _pass_of(request: Request) -> Pass:
    raw = request._request  # noqa: SLF001 - as above
    # What a request is let in by; two with the same are let in, or not, together.
    key = (raw.headers.get("Authorization"), raw.COOKIES.get(settings.SESSION_COOKIE_NAME))
    ask = partial(still_allowed, raw, request.authenticators or ())
    return Pass(key=key, person=request.user.pk, ask=ask)


def still_allowed(raw: HttpRequest, authenticators: Sequence[Any], jobs: set[UUID]) -> set[UUID]:
    """Which of the jobs the same request would be let in to now: its credentials hold, its user sees them."""
    vars(raw).pop("_cached_user", None)
    SessionMiddleware(_no_answer).process_request(raw)
    AuthenticationMiddleware(_no_answer).process_request(raw)
    try:
        user = Request(raw, authenticators=authenticators).user
    except (APIException, StoryforgeError):
        return set()
    with acting_as(user.pk):
        seen = Job.objects.allowed_to(user, Action.VIEW).filter(pk__in=jobs).order_by()
        return set(seen.values_list("pk", flat=True))


class EventStream(StreamingHttpResponse):
    """A stream whose pieces go to the server as they are.

    Django's own iterates through two more generators, for thousands of pieces a second.
    """

    def __init__(self, following: _Following, **kwargs: Any) -> None:
        super().__init__(following, **kwargs)
        self._following = following

    def __aiter__(self) -> Any:
        return self._following


class _Following:
    """The pieces of one stream: what the table holds, then what the hub hands out."""

    def __init__(self, job: Job, rows: list[JobEvent], *, after: int, by: Pass) -> None:
        self._job_id, self._after, self._by = job.pk, after, by
        self._is_over = job.is_terminal  # after the rows that are there
        self._rows: list[JobEvent] | None = rows
        self._begun = False
        self._reader: Reader | None = None

    def __aiter__(self) -> _Following:
        return self

    async def __anext__(self) -> bytes:
        if self._reader is not None:
            chunk = await self._reader.take()
        else:
            chunk = await self._next_page()
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Nothing to close: the hub notices that the task has ended."""

    async def _next_page(self) -> bytes:
        """What the table holds, page by page; then the first of what happens."""
        head = b""
        if not self._begun:
            self._begun, head = True, RETRY
        elif self._rows is not None and len(self._rows) == events.PAGE:
            self._rows = await in_thread(partial(events.page, self._job_id, self._after))
        else:
            self._rows = None
        if self._rows:
            frames = [events.frame(row) for row in self._rows]
            self._after = frames[-1].seq
            self._is_over = self._is_over or frames[-1].is_last
            return head + b"".join(frame.data for frame in frames)
        if head or self._is_over:
            return head
        self._rows = None
        join = hub().join
        self._reader = join(self._job_id, after=self._after, by=self._by, every=PING_SECONDS)
        return await self._reader.take()


def _no_answer(_: object) -> HttpResponse:
    return HttpResponse()
