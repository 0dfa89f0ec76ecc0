"""What a Celery worker process does beside running tasks: dispatch, beat, hand work back."""

from __future__ import annotations

import gc
import os
import socket
import threading
from typing import Any

from celery import signals

from storyforge.ai.config import load_libraries
from storyforge.jobs.beat import beat
from storyforge.jobs.dispatch import Dispatcher
from storyforge.jobs.queues import Queue

GOODBYE_SECONDS = 5.0  # for the dispatcher's last round and the worker's own row
_dispatching: list[tuple[Dispatcher, threading.Thread]] = []


@signals.worker_init.connect
def load_ahead(sender: Any = None, **_: Any) -> None:
    """Import what model calls need: else the first job waits a second for it, in each process of a pool."""
    if Queue.STREAM in sender.app.amqp.queues.consume_from:
        load_libraries()
    gc.freeze()  # what is loaded now stays to the end, and children share its memory as long as nobody touches it


@signals.worker_ready.connect
def start_dispatcher(sender: Any = None, **_: Any) -> None:
    """Every worker dispatches: there is no single one to lose."""
    worker = sender.controller if hasattr(sender, "controller") else sender
    queues = tuple(worker.app.amqp.queues.consume_from)
    name = f"{socket.gethostname()}:{os.getpid()}"
    dispatcher = Dispatcher(worker=name, queues=queues, slots=worker.concurrency)
    thread = threading.Thread(target=dispatcher.run, name="dispatcher", daemon=True)
    _dispatching.append((dispatcher, thread))
    thread.start()


@signals.worker_shutting_down.connect
def hand_back(**_: Any) -> None:
    """Take no more work, and give the running jobs back at their next border."""
    for dispatcher, _thread in _dispatching:
        dispatcher.stop()
    beat.stop()


@signals.worker_shutdown.connect
def say_goodbye(**_: Any) -> None:
    """Let the dispatcher take this worker off the list, so that nothing is kept for it."""
    for _dispatcher, thread in _dispatching:
        thread.join(GOODBYE_SECONDS)
