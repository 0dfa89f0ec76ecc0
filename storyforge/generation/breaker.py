"""Every call to a provider goes through its breaker."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storyforge.ai.errors import ProviderMisconfigured
from storyforge.core.errors import StoryforgeError
from storyforge.jobs.models import Breaker

logger = logging.getLogger(__name__)

CONCERNS_ALL = {
    401,
    402,
    403,
}  # a refused key or an unpaid bill: the next call would fare no better


@contextmanager
def behind_breaker(name: str) -> Iterator[None]:
    """Make a call to the provider and model of this name, and remember how it went.

    Raises `BreakerOpen` instead while the breaker is open. A connection is the caller's to give back.
    """
    has_failed = Breaker.let_through(name)
    try:
        yield
    except ProviderMisconfigured as error:
        if error.vendor_status in CONCERNS_ALL:
            logger.error("provider %s refuses us: HTTP %s", name, error.vendor_status)  # noqa: TRY400
            Breaker.note_failure(name, at_once=True)
        raise
    except StoryforgeError as error:
        if error.retryable:
            Breaker.note_failure(name)
        raise
    if has_failed:
        Breaker.note_success(name)
