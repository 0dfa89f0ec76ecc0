"""Ctrl-C, TERM and HUP end a wait of the launcher; they never interrupt it between two steps."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from storyforge.launcher.errors import StopRequested

Pause = Callable[[float], None]
STEP_SECONDS = 0.1  # a sleep goes on after the handler returns, so it must be short


class StopSignals:
    """Counts the stop signals; `pause` raises at the first, `arrived` tells of more."""

    def __init__(self) -> None:
        self.count = 0
        self._told = 0

    def pause(self, seconds: float) -> None:
        """Sleep. Raises StopRequested when a signal arrives or has arrived since the last one."""
        end = time.monotonic() + seconds
        while True:
            if self.arrived():
                raise StopRequested
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(STEP_SECONDS, left))

    def arrived(self) -> bool:
        """Whether a signal came that nobody has been told of."""
        news = self.count > self._told
        self._told = self.count
        return news

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Count one signal; it may arrive between any two instructions."""
        self.count += 1


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """Collect stop signals inside the block. A HUP that nohup has set to ignored stays so."""
    signals = StopSignals()
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)
    before = {number: signal.signal(number, signals.handle) for number in wanted}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
