"""The client: it asks until it has a 202, with one key for each wish, as a careful program does."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.rig import Rig

CANCELED = 0.1  # of the wishes, within a second
PAUSE = 0.15  # seconds between two tries of a wish


@dataclass(kw_only=True)
class Wish:
    """A job somebody wants, and what became of asking for it."""

    key: str
    path: str
    body: dict[str, Any]
    job: str = ""
    tries: int = 0
    answers: list[int] = field(default_factory=list)
    cancel: int | None = None  # what came back when it was canceled; 0: nothing


class Client(threading.Thread):
    """Asks for one thing after the other until told to stop; every wish it began it sees accepted."""

    def __init__(
        self, rig: Rig, *, secret: str, book: str, seed: int, pause: float = PAUSE
    ) -> None:
        super().__init__(name="client", daemon=True)
        self.pause = pause  # seconds between two wishes
        self.rig, self.secret, self.book = rig, secret, book
        self.dice = random.Random(seed)  # noqa: S311 - what is asked for
        self.wishes: list[Wish] = []
        self.enough = threading.Event()
        self.accepts: list[tuple[float, float]] = []  # when each 202 was asked for and had

    @property
    def accepted(self) -> int:
        """How many wishes have their 202."""
        return sum(1 for wish in self.wishes if wish.job)

    def run(self) -> None:
        while not self.enough.is_set():
            kind, writer = self.dice.choice(
                [("plot.overview", "model")] * 5
                + [("plot.overview", "rules")] * 3
                + [("book.adapt", "rules")]
            )
            wish = self.ask_for(kind, writer)
            time.sleep(self.pause)
            if self.dice.random() < CANCELED:
                time.sleep(self.dice.uniform(0, 1))
                self._cancel(wish)

    def ask_for(self, kind: str, writer: str) -> Wish:
        """Ask for one thing until it is accepted."""
        number = len(self.wishes)
        wish = Wish(
            key=f"wish-{number}",
            path=f"/api/v1/books/{self.book}/generate/{kind}",
            body={"writer": writer, "instructions": f"wish {number}"},
        )
        self.wishes.append(wish)
        while not self._ask(wish):
            time.sleep(PAUSE)
        return wish

    def waits(self, spans: Sequence[tuple[float, float]], *, inside: bool) -> list[float]:
        """Seconds that those 202 took, sorted, which were asked for in one of these spans of time, or in none."""
        return sorted(
            had - asked
            for asked, had in self.accepts
            if any(asked < end and had > begin for begin, end in spans) is inside
        )

    def _cancel(self, wish: Wish) -> None:
        request = self._request(f"/api/v1/jobs/{wish.job}/cancel", {})
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - loopback
                ended = json.load(answer)["status"] != "canceled" and answer.status == 200
                wish.cancel = 204 if ended else answer.status
        except urllib.error.HTTPError as error:
            wish.cancel = error.code
        except (OSError, ValueError):
            wish.cancel = 0

    def _request(self, path: str, body: dict[str, Any], **headers: str) -> urllib.request.Request:
        return urllib.request.Request(  # noqa: S310 - loopback
            self.rig.url + path,
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Content-Type": "application/json",
                **headers,
            },
        )

    def _ask(self, wish: Wish) -> bool:
        """Try once; whether it is accepted."""
        wish.tries += 1
        asked = time.time()
        request = self._request(wish.path, wish.body, **{"Idempotency-Key": wish.key})
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - loopback
                body = json.load(answer)
                self.accepts.append((asked, time.time()))
                wish.answers.append(answer.status)
                wish.job = body["id"]
        except urllib.error.HTTPError as error:
            wish.answers.append(error.code)
        except (OSError, ValueError):
            wish.answers.append(0)  # nobody there, or cut off in the middle
        return bool(wish.job)
