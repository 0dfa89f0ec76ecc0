"""A log line says for which request and job it was written."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import DatabaseError, connection, transaction
from pydantic import BaseModel, ValidationError

from storyforge.core.context import job_id
from storyforge.core.logs import Context, Discretion, JsonLines, Line

WROTE = "Mara drowns"


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


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2K\n"])
def test_what_an_error_quotes_begins_no_line(end):
    forged = f"no such name: Mara{end}time=2026 level=ERROR somebody else signed in"

    error = LookupError(forged)
    said = discreetly(lambda logger: logger.error("crashed on %s", forged, exc_info=error))
    assert said.count("level=ERROR") == 2
    assert not [line for line in said.splitlines() if line.startswith("time=2026")]


def discreetly(logger_call):
    """What a line of the console says of one call."""
    made = []
    keep = logging.Handler()
    keep.emit = lambda record: made.append(Line(fmt="%(message)s").format(record))
    keep.addFilter(Discretion())
    logger = logging.getLogger("discreet")
    logger.addHandler(keep)
    logger_call(logger)
    logger.removeHandler(keep)
    return made[0]


def failing(statement, *values):
    """The error that PostgreSQL answers a statement with."""
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
    ):
        cursor.execute(statement, values)
    return caught.value


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts_user (email, name, password) VALUES ('a', 'Mara drowns\nDETAIL: Mara', '')",
        "SELECT 'Mara drowns'::uuid",
        "SELECT 'Mara drowns' FROM nowhere",
        "SELECT ('{' || 'Mara drowns')::jsonb",
    ],
)
def test_what_people_wrote_is_not_logged_when_a_statement_fails_on_it(statement):
    error = failing(statement)
    assert "Mara" in str(error)

    def crash(logger):
        try:
            try:
                raise error
            except DatabaseError as inner:
                raise KeyError("over it") from inner
        except KeyError:
            logger.exception("crashed")

    for said in (
        discreetly(lambda logger: logger.warning("database: %s", error)),
        discreetly(lambda logger: logger.warning("database: %(exc)s", {"exc": error})),
        discreetly(lambda logger: logger.warning(f"database: {error!r}".partition(': "')[0])),
        discreetly(crash),
    ):
        assert "Mara" not in said
    assert "test_logs.py" in discreetly(crash)
    assert "KeyError: 'over it'" in discreetly(crash)
    assert type(error).__name__ in discreetly(crash)


def test_a_value_that_was_refused_is_not_logged():
    class Scene(BaseModel):
        heading: int

    with pytest.raises(ValidationError) as caught:
        Scene(heading=WROTE)
    assert "Mara" in str(caught.value)
    said = discreetly(lambda logger: logger.error("no", exc_info=caught.value))
    assert "Mara" not in said
    assert "Scene: heading" in said


def test_errors_that_led_to_each_other_in_a_ring_are_told_once():
    first, second = KeyError("one"), KeyError("two")
    first.__cause__, second.__cause__ = second, first
    said = discreetly(lambda logger: logger.error("no", exc_info=first))
    assert said.count("KeyError") == 2


def test_a_json_line_is_as_discreet():
    try:
        int("GET /confirm/MQ/c0f" + "fee HTTP/1.1")
    except ValueError:
        made = record("at %s", "/password/reset/MQ/c0ffee?x=1", exc_info=sys.exc_info())
    Discretion().filter(made)
    text = JsonLines().format(made)
    assert "c0ffee" not in text
    assert "/password/reset/…?x=1" in text
