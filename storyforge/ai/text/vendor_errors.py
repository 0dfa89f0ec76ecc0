"""From what a Messages endpoint says went wrong to our own errors.

Sources: https://docs.anthropic.com/en/api/errors and the error classes of SDK 2.11. Their wording
stays out of ours: it may quote the request or the key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from storyforge.ai.errors import (
    ContextTooLong,
    ProviderMisconfigured,
    ProviderRateLimited,
    ProviderUnavailable,
)
from storyforge.core.errors import StoryforgeError

# An error inside a stream comes after the status 200 and carries its type only.
STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "timeout_error": 504,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "overloaded_error": 529,
}
TRANSIENT = frozenset({408, 409, 425})
TOO_LONG = re.compile(r"prompt is too long|(maximum )?context (length|window)", re.IGNORECASE)
# Waiting does not help against these, whatever the status.
MONEY = re.compile(
    r"spend(ing)?[ _]limit|credit balance|billing|specified API usage limits", re.IGNORECASE
)
LONGEST_WAIT = 3_600.0  # s; a longer Retry-After is not believed


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorError:
    """An error answer: HTTP status, the vendor's type, code and message, and how long to wait."""

    status: int
    kind: str = ""
    code: str = ""
    message: str = ""
    retry_after: float = 0.0
    request_id: str = ""

    def failure(self) -> StoryforgeError:
        """Our error for it."""
        if self.status in (401, 402, 403):
            return self._misconfigured()
        if self.status == 413 or (self.status in (400, 422) and TOO_LONG.search(self.message)):
            return ContextTooLong()
        if self._is_about_money():
            return ProviderMisconfigured(
                "The AI service reports a spending limit. Ask the operator to check the account.",
                vendor_status=402,
            )
        if self.status == 429:
            return ProviderRateLimited(retry_after=self.retry_after)
        if self.status in TRANSIENT or self.status >= 500:
            return ProviderUnavailable(retry_after=self.retry_after)
        return self._misconfigured()

    def _misconfigured(self) -> ProviderMisconfigured:
        return ProviderMisconfigured(
            f"The AI service refused the call with status {self.status}."
            " Ask the operator to check key, model and base URL.",
            vendor_status=self.status,
        )

    def _is_about_money(self) -> bool:
        if self.status not in (400, 429):
            return False
        return self.kind == "billing_error" or bool(MONEY.search(f"{self.code} {self.message}"))


def from_body(
    body: object, *, status: int = 0, headers: Mapping[str, str] | None = None, request_id: str = ""
) -> VendorError:
    """Read an error body of any shape; `status` 0 for one that came inside a stream."""
    error = body.get("error") if isinstance(body, dict) else None
    fields: dict[str, Any] = error if isinstance(error, dict) else {}
    details = fields.get("details")
    code = details.get("error_code") if isinstance(details, dict) else None
    kind = str(fields.get("type") or "")[:60]
    return VendorError(
        status=status or STATUS_OF_TYPE.get(kind, 500),
        kind=kind,
        code=str(code or "")[:60],
        message=str(fields.get("message") or "")[:1_000],
        retry_after=retry_after(headers or {}),
        request_id=request_id[:100],
    )


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (seconds or a date); 0.0 where none."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1_000, LONGEST_WAIT)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is None:
        seconds = _seconds_until(value) if value else 0.0
    return min(seconds, LONGEST_WAIT)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _seconds_until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
