from __future__ import annotations

import logging

from storyforge.core.context import job_id, request_id


class Context(logging.Filter):
    """Adds the request and job ids to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = request_id.get()
        record.job = job_id.get()
        return True
