"""The fake, as far as it goes beyond what every provider promises."""

from __future__ import annotations

import time

import pytest

from storyforge.ai.errors import ContentRefused, Stopped
from storyforge.ai.text.base import TextRequest
from storyforge.ai.text.fake import FakeText


def test_requests_are_kept_and_errors_raised(request_json: TextRequest) -> None:
    fake = FakeText(answers=[ContentRefused(), {"n": 1}])
    with pytest.raises(ContentRefused):
        fake.complete(request_json)
    assert fake.complete(request_json).data == {"n": 1}
    assert fake.history == [request_json, request_json]


def test_the_same_seed_answers_the_same(request_json: TextRequest) -> None:
    first, second = (FakeText(seed=5).complete(request_json) for _ in range(2))
    assert first == second
    assert first.text != FakeText(seed=6).complete(request_json).text


def test_a_slow_fake_can_be_stopped(request_json: TextRequest, no_hang) -> None:
    started = time.monotonic()
    with pytest.raises(Stopped):
        FakeText(latency=600).complete(
            request_json, should_stop=lambda: time.monotonic() > started + 0.2
        )
