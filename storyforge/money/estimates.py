"""What calls may cost at the worst, before they are made."""

from __future__ import annotations

from storyforge.ai.prices import current_prices

# Tokens are planned by counting characters; the provider's own count may be so much higher.
MARGIN_PERCENT = 125


def worst_case(model: str, *, calls: int, max_input: int, max_output: int) -> int:
    """Micro-dollars for so many calls, each with at most so many planned tokens in and out.

    The sum of price_in * max_input + price_out * max_output over the calls. Raises `UnknownPrice` for a
    model without a price.
    """
    tokens = -(-max_input * MARGIN_PERCENT // 100)
    return calls * current_prices().at_most(model, input_tokens=tokens, output_tokens=max_output)
