"""Who does what: one handler for each kind of work, registered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from storyforge.jobs.errors import NewerRelease, UnknownKind
from storyforge.jobs.queues import Priority, Queue

if TYPE_CHECKING:
    from storyforge.jobs.execution import Execution
    from storyforge.jobs.models import Job


class Handler(Protocol):
    """What the runner needs to know of a kind of work.

    A kind whose input changes its shape counts `schema_version` up, from 1, and has
    `upgrade(input, version)`, which gives an input of an older shape the new one.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    priority: ClassVar[Priority]
    deadline_seconds: ClassVar[int]

    def queue_for(self, writer: str) -> Queue:
        """The queue for a job with this writer."""

    def run(self, execution: Execution) -> None:
        """Do the work and complete the job. Called outside any transaction."""


class OnTheProcessor:
    """Base of kinds that keep a processor busy, whoever writes; unless they say else, somebody waits."""

    priority: ClassVar[Priority] = Priority.WAITING
    deadline_seconds: ClassVar[int] = 300

    def queue_for(self, writer: str) -> Queue:
        """The workers with processes of their own."""
        return Queue.CPU


_handlers: dict[str, Handler] = {}
_secret: set[str] = set()


def register(handler: Handler) -> None:
    """Add a handler; two of one kind are a mistake."""
    if handler.kind in _handlers:
        raise ValueError(f"Two handlers claim {handler.kind!r}.")
    _handlers[handler.kind] = handler


def keep_secret(prefix: str) -> None:
    """What jobs of kinds that begin so have read and made is for those only who may see secrets."""
    _secret.add(prefix)


def secret_kinds() -> frozenset[str]:
    """How the kinds begin whose results and receipts are kept from readers."""
    return frozenset(_secret)


def is_secret(kind: str) -> bool:
    """Whether results and receipts of this kind are kept from readers."""
    return kind.startswith(tuple(_secret))


def get(kind: str) -> Handler:
    """The handler, or `UnknownKind`."""
    try:
        return _handlers[kind]
    except KeyError as error:
        raise UnknownKind(f"There is no kind {kind!r}.") from error


def find(kind: str) -> Handler | None:
    """The handler, or None where a release has removed it."""
    return _handlers.get(kind)


def version_of(handler: Handler) -> int:
    """The version of the input that this kind takes now."""
    return int(getattr(handler, "schema_version", 1))


def input_of(job: Job) -> dict[str, Any]:
    """What was asked for, in the shape of today. Raises `UnknownKind`, and `NewerRelease` for a shape or a kind to come.

    A kind that nobody here knows is one that a release has removed, and waiting would not bring it back, or one that
    the next has brought, whose workers are starting: only a job of the last minutes can be of that sort.
    """
    if find(job.kind) is None and job.is_recent():
        raise NewerRelease
    handler: Any = get(job.kind)
    current = version_of(handler)
    if job.schema_version > current:
        raise NewerRelease
    given: dict[str, Any] = job.input
    if job.schema_version < current and hasattr(handler, "upgrade"):
        given = handler.upgrade(given, job.schema_version)
    return given


def label(kind: str) -> str:
    """The kind in words; the kind itself where a release has removed it, but not its old jobs."""
    return _handlers[kind].label if kind in _handlers else kind


def handlers() -> list[Handler]:
    """All of them, by kind."""
    return [_handlers[kind] for kind in sorted(_handlers)]
