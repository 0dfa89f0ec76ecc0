"""US dollars as people write them; everything is counted in whole micro-dollars."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from storyforge.money.errors import UnclearAmount

MICROS = 1_000_000
MOST = 10**9  # dollars that anybody may mean


def micros_of(typed: str) -> int | None:
    """Micro-dollars of an amount such as "2.50"; None where nothing was typed. Raises `UnclearAmount`."""
    typed = typed.strip().removeprefix("$")
    if not typed:
        return None
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        raise UnclearAmount from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise UnclearAmount
    return int(amount * MICROS)
