"""The events of one job as a stream: what the table holds, then what happens.

No thread and no database connection belongs to a stream while it waits.
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from asgiref.sync import SyncToAsync
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.exceptions import APIException, NotAcceptable
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from storyforge.core.acting import acting_as
from storyforge.core.errors import StoryforgeError
from storyforge.jobs import events
from storyforge.jobs.errors import TooManyStreams
from storyforge.jobs.events import Frame
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.stream_hub import hub, in_thread, open_streams
from storyforge.projects.roles import Action

logger = logging.getLogger(__name__)

PING_SECONDS = 15.0
MOST_STREAMS = 64  # of one person at one web process, where rates are limited: a page opens one
PING = b": ping\n\n"
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
    allowed = partial(still_allowed, raw, request.authenticators or (), job)
    response = StreamingHttpResponse(
        _follow(job, rows, after=after, person=person, allowed=allowed),
        content_type="text/event-stream; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


def still_allowed(raw: HttpRequest, authenticators: Sequence[Any], job: Job) -> bool:
    """Whether the same request would be let in now: its credentials hold, its user sees the job."""
    vars(raw).pop("_cached_user", None)
    SessionMiddleware(_no_answer).process_request(raw)
    AuthenticationMiddleware(_no_answer).process_request(raw)
    try:
        user = Request(raw, authenticators=authenticators).user
    except (APIException, StoryforgeError):
        return False
    with acting_as(user.pk):
        return Job.objects.allowed_to(user, Action.VIEW).filter(pk=job.pk).exists()


async def _follow(
    job: Job, rows: list[JobEvent], *, after: int, person: int | None, allowed: Callable[[], bool]
) -> AsyncIterator[bytes]:
    _let_go_of_thread()
    yield RETRY
    while rows:
        frames = [events.frame(row) for row in rows]
        yield _joined(frames)
        after = frames[-1].seq
        full = len(rows) == events.PAGE
        rows = await in_thread(partial(events.page, job.pk, after)) if full else []
        if frames[-1].is_last:
            return
    if job.is_terminal:
        return
    async for chunk in _live(job, after=after, person=person, allowed=allowed):
        yield chunk


async def _live(
    job: Job, *, after: int, person: int | None, allowed: Callable[[], bool]
) -> AsyncIterator[bytes]:
    reader = hub().join(job.pk, after=after, person=person)
    # Readers that all come back at once, after a restart, do not all ask again at once.
    reader.check_in(PING_SECONDS * random.uniform(0.5, 1))  # noqa: S311
    while not reader.is_dropped:
        await reader.wait()
        if reader.is_due:
            if not await _may_stay(allowed):
                return
            reader.is_due = False
            reader.check_in(PING_SECONDS)
            yield PING
        if frames := reader.take():
            yield _joined(frames)
            if frames[-1].is_last:
                return


async def _may_stay(allowed: Callable[[], bool]) -> bool:
    try:
        return await in_thread(allowed)
    except DatabaseError as error:  # nobody is told anything either until it is back
        logger.warning("stream: database away: %s", error)
        return True


def _joined(frames: Sequence[Frame]) -> bytes:
    return b"".join(frame.data for frame in frames)


def _let_go_of_thread() -> None:
    """End the thread that Django keeps for this request, with its database connection.

    It would live as long as the request: a thousand streams would hold a thousand.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.submit(connections.close_all)
        executor.shutdown(wait=False)


def _no_answer(_: object) -> HttpResponse:
    return HttpResponse()
