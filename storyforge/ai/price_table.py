"""What tokens cost, in whole micro-dollars, so that no sum ever drifts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from storyforge.ai.errors import ProviderMisconfigured, UnknownPrice
from storyforge.ai.text.base import Usage

SHIPPED = Path(__file__).with_name("prices.json")
PER = 1_000_000  # prices are for so many tokens
DATED = re.compile(r"-20\d{6}$")  # claude-x-20261007 is a dated name of claude-x


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """Micro-dollars for a million tokens, for prompts of up to `up_to` tokens (None: any)."""

    input: int
    output: int
    cache_write: int
    cache_read: int
    up_to: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceTable:
    """Prices of all known models as they stood on a day. `prices` are ordered by `up_to`."""

    version: str
    as_of: str
    verified: bool
    prices: dict[str, tuple[Price, ...]]

    def cost_micros(self, model: str, usage: Usage) -> int:
        """Micro-dollars for a call, rounded up.

        Raises `UnknownPrice` for a model that is not in the table, and for a call whose tokens were
        not counted.
        """
        if usage.input_tokens is None or usage.output_tokens is None:
            raise UnknownPrice("The AI service did not say how many tokens were used.")
        # The whole prompt decides on the step; `input_tokens` is only what no cache had to do with.
        prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        price = self._price(model, prompt)
        total = (
            usage.input_tokens * price.input
            + usage.output_tokens * price.output
            + usage.cache_read_tokens * price.cache_read
            + usage.cache_write_tokens * price.cache_write
        )
        return -(-total // PER)

    def at_most(self, model: str, *, input_tokens: int, output_tokens: int) -> int:
        """Micro-dollars a call costs at the worst, with so many tokens at the most.

        A short prompt may be on a dearer step than a long one, so every step up to it counts. Raises
        `UnknownPrice`.
        """
        self._price(model, input_tokens)
        reached = [0] + [p.up_to for p in self._steps(model) if p.up_to and p.up_to < input_tokens]
        prices = [self._price(model, prompt) for prompt in (*reached, input_tokens)]
        dearest = max(p.input for p in prices)
        total = input_tokens * dearest + output_tokens * max(p.output for p in prices)
        return -(-total // PER)

    def with_free(self, models: Iterable[str]) -> PriceTable:
        """The table with these models at no cost."""
        free = (Price(input=0, output=0, cache_write=0, cache_read=0),)
        return replace(self, prices={**self.prices, **dict.fromkeys(models, free)})

    def _steps(self, model: str) -> tuple[Price, ...]:
        return self.prices.get(model) or self.prices.get(DATED.sub("", model), ())

    def _price(self, model: str, prompt: int) -> Price:
        for price in self._steps(model):
            if price.up_to is None or prompt <= price.up_to:
                return price
        raise UnknownPrice(f"What {model[:60]} costs is not known. Ask the operator to add it.")


def load_prices(path: Path = SHIPPED) -> PriceTable:
    """Read a price file; its form is that of `prices.json`. Raises `ProviderMisconfigured`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return PriceTable(
            version=str(content["version"]),
            as_of=str(content["as_of"]),
            verified=bool(content["verified"]),
            prices={name: _steps(steps) for name, steps in content["models"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"The price file cannot be read: {type(error).__name__}: {error}"
        raise ProviderMisconfigured(problem) from error


def _steps(steps: list[dict[str, Any]]) -> tuple[Price, ...]:
    prices = [Price(**step) for step in steps]
    for price in prices:
        amounts = (price.input, price.output, price.cache_write, price.cache_read)
        if any(type(amount) is not int or amount < 0 for amount in amounts):
            raise ValueError("prices are whole micro-dollars for a million tokens")
    return tuple(sorted(prices, key=lambda p: float("inf") if p.up_to is None else p.up_to))
