"""Reading what an endpoint says about a failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from storyforge.ai.errors import ProviderMisconfigured, ProviderRateLimited, ProviderUnavailable
from storyforge.ai.text.vendor_errors import LONGEST_WAIT, from_body, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"retry-after": "30"}, 30),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "2"}, 2),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "inf"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "999999999"}, LONGEST_WAIT),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "Wed, 99 Foo 2015 07:28:00"}, 0),
    ],
)
def test_waits(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


def test_a_wait_given_as_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 < retry_after({"retry-after": date}) <= 90


@pytest.mark.parametrize("body", [None, [], "<html>", {"error": "no"}, {"error": {"details": 1}}])
def test_a_body_of_any_shape_is_read_by_its_status(body: object) -> None:
    assert type(from_body(body, status=500).failure()) is ProviderUnavailable
    assert type(from_body(body, status=429).failure()) is ProviderRateLimited
    assert type(from_body(body, status=418).failure()) is ProviderMisconfigured


def test_an_unknown_error_inside_a_stream_may_be_tried_again() -> None:
    assert from_body({"error": {"type": "novel_error"}}).failure().retryable


@pytest.mark.parametrize(
    "message",
    [
        "You have reached your specified API usage limits.",
        "Your credit balance is too low to access the Anthropic API.",
        "Monthly spend limit reached",
    ],
)
def test_a_limit_on_money_is_not_tried_again(message: str) -> None:
    error = {"error": {"type": "rate_limit_error", "message": message}}
    assert not from_body(error, status=429).failure().retryable
    assert not from_body(error, status=400).failure().retryable


def test_an_ordinary_rate_limit_is_tried_again() -> None:
    message = "This request would exceed your account's rate limit of 50 requests per minute."
    error = {"error": {"type": "rate_limit_error", "message": message}}
    assert from_body(error, status=429).failure().retryable


def test_the_vendors_words_stay_out_of_ours() -> None:
    error = {"error": {"type": "invalid_request_error", "message": "quoted user text"}}
    assert "quoted" not in str(from_body(error, status=400).failure())
