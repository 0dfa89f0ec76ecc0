"""What a Celery worker process does beside running tasks: dispatch, beat, hand work back."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from celery import signals

from storyforge.jobs.beat import beat
from storyforge.jobs.dispatch import Dispatcher

_dispatchers: list[Dispatcher] = []


@signals.worker_ready.connect
def start_dispatcher(sender: Any = None, **_: Any) -> None:
    """Every worker dispatches: there is no single one to lose."""
    worker = sender.controller if hasattr(sender, "controller") else sender
    queues = tuple(worker.app.amqp.queues.consume_from)
    name = f"{socket.gethostname()}:{os.getpid()}"
    dispatcher = Dispatcher(worker=name, queues=queues, slots=worker.concurrency)
    _dispatchers.append(dispatcher)
    threading.Thread(target=dispatcher.run, name="dispatcher", daemon=True).start()


@signals.worker_shutting_down.connect
def hand_back(**_: Any) -> None:
    """Take no more work, and give the running jobs back at their next border."""
    for dispatcher in _dispatchers:
        dispatcher.stop()
    beat.stop()
