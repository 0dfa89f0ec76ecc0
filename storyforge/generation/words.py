"""The words of a model on their way to whoever reads along."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection

from django.db import OperationalError

from storyforge.ai.text.growing_json import GrowingJson
from storyforge.jobs.execution import Execution, give_back_db

logger = logging.getLogger(__name__)

JOIN_SECONDS = 0.25  # words are gathered that long, for fewer rows,
JOIN_CHARACTERS = 1_024  # or until they are so many
MOST_CHARACTERS = 8_192  # of one event, where an endpoint sends its whole answer at once
REPORT_SECONDS = 2.0  # between figures, where nothing can be read along
AGAIN_SECONDS = 2.0  # after the database was away


class Words:
    """Passes on what one call writes as it comes, in `job.delta` events.

    Each is one statement, and no connection is held in between. `fields` are the texts of the answer
    that people see; without any they only see how much has been written. A database that is away
    does not stop the call: its words wait.
    """

    def __init__(self, execution: Execution, step: str, fields: Collection[str]) -> None:
        self.execution, self.step = execution, step
        self._growing = GrowingJson(fields)
        self._unsent = ""
        self._offset = self._characters = self._reported = 0
        self._told = self._not_before = 0.0
        self._is_lost = False

    def add(self, piece: str) -> None:
        """Take the next piece of the answer."""
        self._told = self._told or time.monotonic()  # the wait for the first word is no news
        self._characters += len(piece)
        self._unsent += self._growing.feed(piece)
        self._pass_on()

    def should_stop(self) -> bool:
        """Asked between pieces and while the model is silent: what is left is not kept waiting."""
        self._pass_on()
        return self.execution.should_stop()

    def end(self) -> None:
        """The answer is complete: pass on the rest."""
        if self._unsent and not self._is_lost:
            self._send(self._tell)

    def _pass_on(self) -> None:
        now = time.monotonic()
        waited = now - self._told
        if self._is_lost or now < self._not_before:
            return
        if self._unsent and (waited >= JOIN_SECONDS or len(self._unsent) >= JOIN_CHARACTERS):
            self._send(self._tell)
        elif self._characters > self._reported and waited >= REPORT_SECONDS:
            self._send(self._report)

    def _send(self, how: Callable[[], bool]) -> None:
        try:
            self._is_lost = not how()
            self._reported = self._characters
        except OperationalError as error:
            logger.warning("database away, words wait: %s", error)
            self._not_before = time.monotonic() + AGAIN_SECONDS
        finally:
            give_back_db()
        self._told = time.monotonic()

    def _tell(self) -> bool:
        while text := self._unsent[:MOST_CHARACTERS]:
            if not self.execution.job.tell(
                step=self.step, offset=self._offset, text=text, label=self._label
            ):
                return False
            self._offset += len(text)
            self._unsent = self._unsent[MOST_CHARACTERS:]
        return True

    def _report(self) -> bool:
        job = self.execution.job
        return job.report(done=job.progress_done, total=job.progress_total, label=self._label)

    @property
    def _label(self) -> str:
        return f"{self._characters:,} characters written"
