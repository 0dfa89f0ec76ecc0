from __future__ import annotations

from typing import ClassVar

import pytest

from storyforge.jobs import registry
from storyforge.jobs.create import create_job
from storyforge.jobs.queues import Priority, Queue


class Scripted:
    """A kind of work whose behavior the test sets: a function of the execution."""

    kind: ClassVar[str] = "test.scripted"
    label: ClassVar[str] = "Scripted"
    priority: ClassVar[Priority] = Priority.NORMAL
    deadline_seconds: ClassVar[int] = 60

    def __init__(self):
        self.work = None
        self.runs = 0

    def queue_for(self, writer):
        return Queue.CPU

    def run(self, execution):
        self.runs += 1
        if self.work:
            self.work(execution)
            return
        with execution.completing() as result:
            result["answer"] = 42


_scripted = Scripted()


@pytest.fixture
def kind():
    """The scripted kind, registered for this test."""
    _scripted.__init__()
    if _scripted.kind not in {h.kind for h in registry.handlers()}:
        registry.register(_scripted)
    return _scripted


@pytest.fixture
def job(kind, project):
    return create_job(kind.kind, project=project, actor=project.owner)
