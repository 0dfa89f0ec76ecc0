"""Files to keep: how they are sent, and the links that lead to them.

A link names a file that a package offers, is signed, good for one person and for some minutes. It opens
nothing by itself: the package looks again whether that person may have the file.
"""

from __future__ import annotations

import asyncio
import os
import re
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.core import signing
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header

from storyforge.core import clock
from storyforge.core.errors import NotFound

PIECE = 64 * 1024  # bytes of a long file that are in memory at a time
GOOD_FOR = 300  # seconds; a page makes a new link at each press of its button
SALT = "storyforge.downloads"
# A file is never a page of ours, not even for a browser that shows it all the same.
POLICY = (
    "sandbox; default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file to hand over; `filename` is ASCII and made by us (see `named`)."""

    filename: str
    media_type: str
    content: bytes


Source = Callable[..., File]
_sources: dict[str, Source] = {}


def named(title: str, extension: str, *, otherwise: str) -> str:
    """A file's name from what a person called it: letters and digits only."""
    stem = _UNSAFE.sub("-", title.lower()).strip("-")[:60].strip("-") or otherwise
    return f"{stem}{extension}"


def attachment(file: File) -> HttpResponse:
    """The answer that makes a browser keep the file instead of showing it."""
    response = HttpResponse(file.content, content_type=file.media_type)
    _keep(response, file.filename)
    return response


def streamed(
    request: HttpRequest, file: IO[bytes], *, filename: str, media_type: str
) -> StreamingHttpResponse:
    """The same for a long file, open at its beginning: sent piece by piece, and closed with the answer."""
    # Django would gather all pieces of the wrong sort in memory first.
    pieces = _awaited(file) if isinstance(request, ASGIRequest) else _pieces(file)
    response = StreamingHttpResponse(pieces, content_type=media_type)
    response["Content-Length"] = str(file.seek(0, os.SEEK_END))
    file.seek(0)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]  # noqa: SLF001 - as FileResponse does
    weakref.finalize(response, file.close)  # where nobody closes it, such as after a crash
    _keep(response, filename)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


async def _awaited(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece


def _keep(response: HttpResponseBase, filename: str) -> None:
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=filename
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"


def offers(name: str) -> Callable[[Source], Source]:
    """Declare what makes a file: it gets the user and the link's keys, and raises `NotFound`."""

    def declare(source: Source) -> Source:
        if name in _sources:
            raise ValueError(f"Two sources offer {name!r}.")
        _sources[name] = source
        return source

    return declare


def link(user: Any, name: str, *keys: object) -> str:
    """The path of a file for this user, good for `GOOD_FOR` seconds."""
    until = int(clock.now().timestamp()) + GOOD_FOR
    wanted = [until, user.pk, name, *(str(key) for key in keys)]
    return reverse("file", args=[signing.dumps(wanted, salt=SALT, compress=True)])


def opened(user: Any, token: str) -> File:
    """The file of a link; raises `NotFound` when it is made up, too old, or somebody else's."""
    try:
        until, owner, name, *keys = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotFound from error
    if clock.now().timestamp() > until or owner != user.pk or name not in _sources:
        raise NotFound
    return _sources[name](user, *keys)
