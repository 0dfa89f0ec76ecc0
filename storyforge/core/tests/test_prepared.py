"""Statements that each connection plans once, also where a migration comes between."""

from __future__ import annotations

import pytest
from django.db import NotSupportedError, connection, transaction
from django.test.utils import CaptureQueriesContext

from storyforge.core.acting import Door, acting_as
from storyforge.core.prepared import Prepared

pytestmark = pytest.mark.django_db


def commands(captured):
    return [query["sql"].split()[0] for query in captured.captured_queries]


def test_a_statement_is_planned_once_and_then_called():
    twice = Prepared("twice", "SELECT %(n)s::int + %(n)s::int, %(word)s::text")
    with CaptureQueriesContext(connection) as captured:
        answers = [twice.one(n=n, word="it's 100 %") for n in (1, 2)]
    assert answers == [(2, "it's 100 %"), (4, "it's 100 %")]
    assert [c for c in commands(captured) if c == "PREPARE"] == ["PREPARE"]


def test_all_rows_one_row_none_and_how_many_were_changed():
    numbers = Prepared("numbers", "SELECT * FROM generate_series(1, %(most)s::int)")
    assert numbers.all(most=3) == [(1,), (2,), (3,)]
    assert (numbers.one(most=3), numbers.one(most=0)) == ((1,), None)
    touch = Prepared("touch", "UPDATE accounts_user SET name = name WHERE id = %(id)s")
    assert touch.run(id=0) == 0


def test_it_is_the_statement_of_whoever_acts():
    who = Prepared(
        "who", "SELECT current_setting('app.user', true), current_setting('app.system', true)"
    )
    for user in (7, 8):
        with acting_as(user):
            assert who.one() == (str(user), "")
    with acting_as(None, door=Door.JOBS):
        assert who.one() == ("", "jobs")


@pytest.fixture
def words():
    """A statement that was planned before the column it answers with changed its type."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE shape (word varchar(5))")
        words = Prepared("words", "SELECT word FROM shape")
        assert words.all() == []
        cursor.execute("ALTER TABLE shape ALTER word TYPE varchar(9)")
        yield words
        cursor.execute("DROP TABLE shape")


def test_a_column_that_changed_its_type_costs_one_transaction_and_no_more(words):
    with pytest.raises(NotSupportedError), transaction.atomic():
        words.all()
    assert words.all() == []


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_costs_nothing(words):
    assert words.all() == []
