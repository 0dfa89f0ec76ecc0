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


def worker(*queues):
    """Celery's own, as its signal hands it over."""
    served = SimpleNamespace(consume_from=dict.fromkeys(queues))
    return SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=served)))


@pytest.mark.parametrize(("queues", "times"), [(("stream", "cpu"), 1), (("cpu",), 0)])
def test_a_worker_that_calls_models_imports_what_that_needs_before_its_first_job(
    settings, queues, times
):
    """Jobs would wait for it, and in a pool of processes those of each one."""
    loaded.clear()
    settings.TEXT_PROVIDERS = {"default": {"BACKEND": f"{__name__}.Slow"}, "odd": {"BACKEND": "no"}}
    load_ahead(worker(*queues))
    assert len(loaded) == times
