"""Errors every layer may raise; each has a stable code that clients rely on."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Any, ClassVar


class StoryforgeError(Exception):
    """An expected failure, safe to show to a person.

    `code` is stable, `status` the HTTP status where the failure answers a request, and `retryable`
    says whether the same request may succeed later, `retry_after` in how many seconds at the soonest
    (0: unknown). `members` are added to the problem document. What is not `shown` stops work inside, and
    no client meets it.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False
    shown: ClassVar[bool] = True
    retry_after: float = 0.0

    def __init__(self, message: str = "", **members: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.members = members
        super().__init__(self.message)

    @cached_property
    def detail_id(self) -> str:
        """The name of this one failure: a client is told it, and the log says the rest under it."""
        return secrets.token_hex(6)


class NotFound(StoryforgeError):
    """There is nothing here, or it is not yours."""

    code = "not_found"
    status = 404


class RoleTooLow(StoryforgeError):
    """Your role in this project does not allow this."""

    code = "role_too_low"
    status = 403


class TlsNeeded(StoryforgeError):
    """The API is spoken to over https only. What was sent may have been read: change its credentials."""

    code = "tls_needed"
    status = 403


class MalformedRequest(StoryforgeError):
    """The request could not be read."""

    code = "malformed_request"
    status = 400


class DatabaseUnavailable(StoryforgeError):
    """The database is away. Try again shortly."""

    code = "database_unavailable"
    status = 503
    retryable = True
    retry_after = 5.0


class TookTooLong(StoryforgeError):
    """This took longer than a request may. Ask for less at once, or try again."""

    code = "took_too_long"
    status = 503
    retryable = True


class StateConflict(StoryforgeError):
    """The row has moved on and does not allow this any more."""

    code = "state_conflict"
    status = 409


class StaleEdit(StoryforgeError):
    """Somebody saved this after you opened it."""

    code = "stale_edit"
    status = 412


class InvalidOutput(StoryforgeError):
    """The writer's answer did not fit what was asked for."""

    code = "invalid_output"
    status = 502

    def __init__(self, problems: list[str] | str = "") -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(p for p in self.problems if p))


class UnreadableFile(StoryforgeError):
    """This file cannot be read as a book or a script."""

    code = "unreadable_file"
    status = 422


class FileTooLarge(StoryforgeError):
    """This file is larger than allowed."""

    code = "file_too_large"
    status = 413


class UnsupportedFormat(StoryforgeError):
    """Files of this kind are not read."""

    code = "unsupported_format"
    status = 415
