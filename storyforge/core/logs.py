from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
from django.core.signing import BadSignature
from django.db import Error as DatabaseError
from django.http import Http404
from django.template import VariableDoesNotExist
from pydantic import ValidationError

from storyforge.core.context import job_id, request_id

#: What precedes the secret part of a link: whoever reads the log must not be able to follow it. A test holds that
#: each page whose address has a token is among them.
LINKS = ("sign-in", "confirm", "password/reset", "files", "invitations")
_LINK = re.compile(rf"(/(?:{'|'.join(LINKS)})/)[^\s\"'<>?#]+")
# After its first line PostgreSQL quotes the statement and the row, which hold what people wrote.
_QUOTED = re.compile(
    r"(?:\s|\\[rn])+(?:LINE \d+|DETAIL|HINT|QUERY|CONTEXT|STATEMENT):.*", re.DOTALL
)
_VALUE = re.compile(r": \".*", re.DOTALL)  # invalid input syntax for type uuid: "…"
#: Control characters and line ends: all that `splitlines` ends a line at, and what moves a terminal's cursor.
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
CUT = "…"
#: Errors that quote a proof, a path, or all that a page was made of.
TELLING = (BadSignature, Http404, VariableDoesNotExist)


class Context(logging.Filter):
    """Adds the request and job ids to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = request_id.get()
        record.job = job_id.get()
        return True


class Discretion(logging.Filter):
    """Takes out of each record what opens something, and what people wrote: links' secrets, rows in errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_argument(each) for each in record.args)
        elif isinstance(record.args, Mapping):
            record.args = {name: _argument(each) for name, each in record.args.items()}
        if record.exc_info and record.exc_info[1]:
            record.exc_text = traced(record.exc_info[1])
        said = record.getMessage()
        kept = discreet(said)
        if kept != said:
            record.msg, record.args = kept, ()
        return True


def _argument(value: object) -> object:
    return summary(value) if isinstance(value, BaseException) else value


def discreet(text: str) -> str:
    """The text without secrets of links and without what PostgreSQL quotes."""
    return _LINK.sub(rf"\1{CUT}", _QUOTED.sub(f" {CUT}", text))


def summary(error: BaseException) -> str:
    """What went wrong, without the row or the value with which it did."""
    if isinstance(error, TELLING):
        return CUT
    if isinstance(error, ValidationError):
        places = (".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        return f"{error.title}: {', '.join(places)}"
    if isinstance(error, DatabaseError | psycopg.Error):
        return _VALUE.sub(f": {CUT}", discreet(str(error).partition("\n")[0]))
    return discreet(str(error))


def one_line(text: str) -> str:
    """The text with its control characters written out: what people wrote begins no line of ours."""
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)


def traced(error: BaseException) -> str:
    """The traceback of an error and of those that led to it, oldest first, with their summaries."""
    parts: list[str] = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        lines = "".join(traceback.format_tb(each.__traceback__))
        parts.append(f"Traceback:\n{lines}{type(each).__qualname__}: {one_line(summary(each))}")
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n\nwhich led to\n\n".join(reversed(parts))


class Line(logging.Formatter):
    """One line for people, in UTC; a message cannot begin another one."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return one_line(super().formatMessage(record))


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
            line["error"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
