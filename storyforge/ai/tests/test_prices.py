"""What a call costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storyforge.ai.errors import ProviderMisconfigured, UnknownPrice
from storyforge.ai.price_table import load_prices
from storyforge.ai.text.base import Usage

TABLE = load_prices()


@pytest.mark.parametrize(
    ("model", "usage", "micros"),
    [
        # A plot overview by STACK: $0.013 with Sonnet, $0.0007 with Haiku.
        ("claude-sonnet-5-5", Usage(input_tokens=1_500, output_tokens=1_000), 13_000),
        ("claude-haiku-5-5", Usage(input_tokens=1_500, output_tokens=1_000), 650),
        ("claude-opus-5-5", Usage(input_tokens=1_000_000, output_tokens=1_000_000), 24_000_000),
        ("claude-fable-5-1-20261107", Usage(input_tokens=0, output_tokens=1), 50),
        ("claude-haiku-5-5", Usage(input_tokens=1, output_tokens=0), 1),
        ("claude-haiku-5-5", Usage(input_tokens=0, output_tokens=0), 0),
        ("claude-haiku-5-5", Usage(input_tokens=100_000, output_tokens=0), 10_000),
        ("claude-haiku-5-5", Usage(input_tokens=100_001, output_tokens=0), 50_001),
        (
            "claude-haiku-5-5",
            Usage(input_tokens=1, output_tokens=0, cache_read_tokens=100_000),
            5_001,
        ),
        (
            "claude-sonnet-5-5",
            Usage(input_tokens=0, output_tokens=0, cache_read_tokens=1_000, cache_write_tokens=100),
            350,
        ),
    ],
)
def test_costs_in_micro_dollars(model: str, usage: Usage, micros: int) -> None:
    assert TABLE.cost_micros(model, usage) == micros


@pytest.mark.parametrize("model", ["claude-sonnet-9", "", "claude-sonnet-5-5-pro"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    with pytest.raises(UnknownPrice):
        TABLE.cost_micros(model, Usage(input_tokens=1, output_tokens=1))


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=5), Usage(output_tokens=5)])
def test_a_call_that_was_not_counted_has_no_price(usage: Usage) -> None:
    with pytest.raises(UnknownPrice):
        TABLE.cost_micros("claude-sonnet-5-5", usage)


def test_the_shipped_table_says_that_nobody_checked_it() -> None:
    assert (TABLE.version, TABLE.verified) == ("2026-10-07.1", False)


def price_file(folder: Path, **price: Any) -> Path:
    step = {"input": 1, "output": 2, "cache_write": 3, "cache_read": 4} | price
    models = {"own-model": [step]}
    path = folder / "prices.json"
    content = {"version": "1", "as_of": "2026-11-01", "verified": True, "models": models}
    path.write_text(json.dumps(content))
    return path


def test_a_file_of_ones_own_replaces_the_shipped_one(settings: Any, tmp_path: Path) -> None:
    from storyforge.ai.prices import cost_micros, current_prices

    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    settings.AI_PRICES_FILE = ""
    assert cost_micros("claude-sonnet-5-5", usage) == 12_000_000
    settings.AI_PRICES_FILE = str(price_file(tmp_path))
    assert current_prices().verified
    assert cost_micros("own-model", usage) == 3
    with pytest.raises(UnknownPrice):
        cost_micros("claude-sonnet-5-5", usage)


@pytest.mark.parametrize("price", [{"input": 0.5}, {"input": -1}, {"input": True}, {"per": 1}])
def test_a_wrong_price_file_is_named(tmp_path: Path, price: dict[str, Any]) -> None:
    with pytest.raises(ProviderMisconfigured, match="price file"):
        load_prices(price_file(tmp_path, **price))


def test_a_missing_price_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProviderMisconfigured, match="price file"):
        load_prices(tmp_path / "none.json")


def test_the_worst_case_takes_the_dearest_step_that_a_prompt_may_be_on() -> None:
    """A prompt planned below a step may be counted above it, never the other way."""
    assert TABLE.at_most("claude-sonnet-5-5", input_tokens=1_500, output_tokens=1_000) == 13_000
    assert TABLE.at_most("claude-haiku-5-5", input_tokens=100_000, output_tokens=0) == 10_000
    assert TABLE.at_most("claude-haiku-5-5", input_tokens=100_001, output_tokens=2) == 50_006
    with pytest.raises(UnknownPrice):
        TABLE.at_most("claude-sonnet-9", input_tokens=1, output_tokens=1)


def test_a_model_may_be_named_as_free() -> None:
    free = TABLE.with_free(["mine"])
    assert free.cost_micros("mine", Usage(input_tokens=10**6, output_tokens=10**6)) == 0
    assert free.at_most("mine", input_tokens=10**6, output_tokens=10**6) == 0
