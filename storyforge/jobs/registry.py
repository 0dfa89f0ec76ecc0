"""Who does what: one handler for each kind of work, registered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from storyforge.jobs.errors import UnknownKind
from storyforge.jobs.queues import Priority, Queue

if TYPE_CHECKING:
    from storyforge.jobs.execution import Execution


class Handler(Protocol):
    """What the runner needs to know of a kind of work."""

    kind: ClassVar[str]
    label: ClassVar[str]
    priority: ClassVar[Priority]
    deadline_seconds: ClassVar[int]

    def queue_for(self, writer: str) -> Queue:
        """The queue for a job with this writer."""

    def run(self, execution: Execution) -> None:
        """Do the work and complete the job. Called outside any transaction."""


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


def label(kind: str) -> str:
    """The kind in words; the kind itself where a release has removed it, but not its old jobs."""
    return _handlers[kind].label if kind in _handlers else kind


def handlers() -> list[Handler]:
    """All of them, by kind."""
    return [_handlers[kind] for kind in sorted(_handlers)]
