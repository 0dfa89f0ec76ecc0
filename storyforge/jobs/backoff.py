"""When to try again."""

from __future__ import annotations

import random

from storyforge.core.errors import StoryforgeError

LONGEST = 60.0  # seconds
_spread = random.SystemRandom()


def back_off(attempt: int, error: StoryforgeError) -> float:
    """Seconds to wait after attempt number `attempt` (from 1): full jitter, never before Retry-After.

    Full jitter spreads the retries of jobs that failed together over the whole interval
    (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    """
    wait = _spread.uniform(0, min(LONGEST, 2.0 * 2.0**attempt))
    return max(wait, float(getattr(error, "retry_after", 0.0)))
