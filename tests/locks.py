"""Whether somebody waits for a lock."""

from __future__ import annotations

import psycopg

from storyforge.jobs.listening import direct_parameters
from tests.worker_process import wait_for

# Other tests' databases are on the same server, and the locks of rows belong to no database there.
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


def until_somebody_waits() -> None:
    """Return when a statement of this test waits for a lock; looked at over a connection of its own."""
    with psycopg.connect(**direct_parameters(), autocommit=True) as watching:
        wait_for(lambda: watching.execute(WAITING).fetchone()[0])
