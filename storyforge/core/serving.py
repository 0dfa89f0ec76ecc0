"""How a web process answers: Django's handler, with one change of threads for a request instead of four.

Nearly all of a request runs in a thread, as the database's driver waits. Django starts one for each request, and goes
there and back for its signals, its middleware and the end; that takes longer than many an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any, TypeVar

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import connections
from django.http import FileResponse
from django.urls import set_script_prefix

# Far more than are ever busy: while the database is away each request waits ten seconds for it, and
# whoever asks only whether the process lives must not wait behind them.
MOST_THREADS = 256

Answer = TypeVar("Answer")


class Handler(ASGIHandler):
    """Runs requests in threads that stay; streams are sent outside of them."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="request")

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. Whoever leaves before the answer has started what they asked for."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        response = await self._in_thread(partial(self._respond, scope, body))
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        """Do it in a thread, which keeps nothing of this request's context."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, copy_context().run, work)

    def _respond(self, scope: Any, body: IO[bytes]) -> Any:
        """The response; one that is whole has ended already, and no response keeps a connection."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = type(self)  # noqa: SLF001 - Django's, for its signal
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            connections.close_all()
        else:
            response.close()
            body.close()
        return response

    async def _stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send piece by piece, until all is sent or the client has gone: nothing else comes from it."""
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not sending.cancelled():  # as the hub cancels a slow reader's
                sending.result()
        finally:
            leaving.cancel()
            sending.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)
            await self._in_thread(response.close)
