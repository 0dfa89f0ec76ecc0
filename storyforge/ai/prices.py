"""The price table in force: the shipped one, or the file that `AI_PRICES_FILE` names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from storyforge.ai.errors import UnknownPrice
from storyforge.ai.price_table import SHIPPED, PriceTable, load_prices
from storyforge.ai.text.base import Usage

__all__ = ["UnknownPrice", "cost_micros", "current_prices"]


@cache
def _load(path: Path, free: tuple[str, ...]) -> PriceTable:
    return load_prices(path).with_free(free)


def current_prices() -> PriceTable:
    """The table in force, read once for each path. Raises `ProviderMisconfigured`."""
    return _load(Path(settings.AI_PRICES_FILE or SHIPPED), tuple(settings.AI_FREE_MODELS))


def cost_micros(model: str, usage: Usage) -> int:
    """Micro-dollars for a call, rounded up.

    Raises `UnknownPrice` for an unknown model, or where tokens were not counted.
    """
    return current_prices().cost_micros(model, usage)
