"""Amounts as people type them."""

from __future__ import annotations

import pytest

from storyforge.money.dollars import micros_of
from storyforge.money.errors import UnclearAmount


@pytest.mark.parametrize(
    ("typed", "micros"),
    [("2.50", 2_500_000), (" $3 ", 3_000_000), ("0", 0), ("0.0000015", 1), ("", None), (" ", None)],
)
def test_an_amount_is_counted_in_whole_micros(typed, micros):
    assert micros_of(typed) == micros


@pytest.mark.parametrize("typed", ["-1", "NaN", "Infinity", "1e99", "two", "1,5"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(UnclearAmount) as refused:
        micros_of(typed)
    assert refused.value.code == "unclear_amount"
