"""The part of a Celery worker that talks to the broker, as Celery makes it but for one habit."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker import consumer

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 3.0


class Consumer(consumer.Consumer):
    """Looks for a broker that is away every one to three seconds.

    Celery's own waits grow to half a minute, and no setting bounds them: after a long outage accepted jobs
    would wait for as long again.
    """

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, once there is one."""
        conn.ensure_connection = partial(
            conn.ensure_connection,
            interval_start=FIRST_SECONDS,
            interval_step=1.0,
            interval_max=LONGEST_SECONDS,
        )
        return super().ensure_connected(conn)
