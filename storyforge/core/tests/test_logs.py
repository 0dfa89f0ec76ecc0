"""A log line says for which request and job it was written."""

from __future__ import annotations

import json
import logging
import sys

from storyforge.core.context import job_id
from storyforge.core.logs import Context, JsonLines, Line


def record(message, *args, exc_info=None):
    made = logging.LogRecord("studio", logging.INFO, "here.py", 1, message, args, exc_info)
    Context().filter(made)
    return made


def test_a_json_line_carries_the_ids_and_the_message():
    token = job_id.set("the job")
    line = json.loads(JsonLines().format(record("took %s\n%s", 3, "“two lines”")))
    job_id.reset(token)
    assert (line["job"], line["request"], line["level"]) == ("the job", "-", "INFO")
    assert line["message"] == "took 3\n“two lines”"
    assert line["time"].endswith("+00:00")


def test_an_exception_stays_in_its_line():
    try:
        int("odd")
    except ValueError:
        text = JsonLines().format(record("failed", exc_info=sys.exc_info()))
    assert "\n" not in text
    assert "ValueError: invalid literal" in json.loads(text)["error"]


def test_a_line_is_in_utc_and_its_message_cannot_begin_another():
    line = Line(fmt="time=%(asctime)s %(message)s")
    record = logging.makeLogRecord(
        {"msg": "a\r\ntime=2026 level=ERROR b", "created": 0.0, "msecs": 0}
    )
    assert line.format(record) == "time=1970-01-01T00:00:00.000Z a\\r\\ntime=2026 level=ERROR b"
