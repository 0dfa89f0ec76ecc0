"""The one clock: the database's. Web servers may stand on machines that are hours apart."""

from __future__ import annotations

from datetime import datetime

from storyforge.core.prepared import Prepared

NOW = Prepared("clock", "SELECT statement_timestamp()")


def now() -> datetime:
    """The time by the database, in one query. What is compared with it was also written by it."""
    moment: datetime = NOW.one()[0]
    return moment
