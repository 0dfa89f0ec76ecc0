from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from storyforge.core.context import job_id, request_id


class Context(logging.Filter):
    """Adds the request and job ids to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = request_id.get()
        record.job = job_id.get()
        return True


class Line(logging.Formatter):
    """One line for people, in UTC; a message cannot begin another one."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


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
