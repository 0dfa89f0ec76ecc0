"""What a worker process does before its first job."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from storyforge.ai.text.base import TextProvider
from storyforge.jobs.workers import load_ahead

loaded = []


class Slow(TextProvider):
    """A provider whose libraries take seconds to import."""

    @classmethod
    def load(cls):
        loaded.append(cls)

    def complete(self, request, **_):
        raise NotImplementedError


def worker(pool, *queues):
    """Celery's own, as its signal hands it over."""
    served = SimpleNamespace(consume_from=dict.fromkeys(queues))
    return SimpleNamespace(pool_cls=pool, app=SimpleNamespace(amqp=SimpleNamespace(queues=served)))


@pytest.mark.parametrize(
    ("pool", "queues", "times"),
    [("prefork", ("stream", "cpu"), 1), ("prefork", ("cpu",), 0), ("threads", ("stream",), 0)],
)
def test_what_calls_need_is_imported_once_for_all_processes_of_a_pool(
    settings, pool, queues, times
):
    """Each forked one would import it anew, and hold up its first job for it."""
    loaded.clear()
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": f"{__name__}.Slow"}, "odd": {"BACKEND": "no"}}
    load_ahead(worker(pool, *queues))
    assert len(loaded) == times
