"""The server's own record of what it was asked: a witness independent of the product's books."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECRET_HEADERS = frozenset({"authorization", "x-api-key", "proxy-authorization", "cookie"})


@dataclass(kw_only=True, slots=True)
class Call:
    """One request. Times are seconds since 1970; `outcome` is empty while the call is open.

    `secrets` are the headers that carry keys; no log holds them.
    """

    number: int
    path: str
    headers: dict[str, str]
    body: Any
    authorized: bool
    started: float = field(default_factory=time.time)
    ended: float = 0.0
    reply: str = ""
    outcome: str = ""
    disconnected: bool = False
    bytes_sent: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    secrets: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All fields but the secrets."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "secrets"}


class CallLog:
    """All calls in the order of their coming; those that ended also as JSON lines in a file."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._calls: list[Call] = []
        self._changed = threading.Condition()

    def open(self, *, path: str, headers: dict[str, str], body: Any) -> Call:
        """Note a request that has come."""
        secrets = {k.lower(): v for k, v in headers.items() if k.lower() in SECRET_HEADERS}
        shown = {k: v for k, v in headers.items() if k.lower() not in SECRET_HEADERS}
        with self._changed:
            call = Call(
                number=len(self._calls) + 1,
                path=path,
                headers=shown,
                body=body,
                authorized=bool({"authorization", "x-api-key"} & set(secrets)),
                secrets=secrets,
            )
            self._calls.append(call)
            self._changed.notify_all()
        return call

    def close(self, call: Call, outcome: str) -> None:
        """Note how a call ended."""
        with self._changed:
            call.ended = time.time()
            call.outcome = outcome
            call.disconnected = outcome == "disconnected"
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(call.as_json()) + "\n")
            self._changed.notify_all()

    def all(self) -> list[Call]:
        """The calls so far."""
        with self._changed:
            return list(self._calls)

    def wait(self, count: int, *, settled: bool, timeout: float) -> list[Call]:
        """The calls, once there are `count` and, if asked, none is open. Raises `TimeoutError`."""

        def ready() -> bool:
            enough = len(self._calls) >= count
            return enough and (not settled or all(c.outcome for c in self._calls))

        with self._changed:
            if not self._changed.wait_for(ready, timeout):
                open_calls = [c.number for c in self._calls if not c.outcome]
                raise TimeoutError(f"{len(self._calls)} calls, still open: {open_calls}")
            return list(self._calls)
