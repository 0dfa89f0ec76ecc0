from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from storyforge.core.context import job_id, request_id


class Context(logging.Filter):
    """Adds the request and job ids to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = request_id.get()
        record.job = job_id.get()
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line, with the ids that `Context` adds; for programs that gather logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request", "-"),
            "job": getattr(record, "job", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
