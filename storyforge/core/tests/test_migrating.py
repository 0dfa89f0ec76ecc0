"""Tables change while others use them, and nobody waits for that."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from storyforge.core import migrating
from storyforge.core.migrating import patiently
from storyforge.jobs.listening import direct_parameters
from storyforge.money.models import Plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hang")]


def test_f37_a_change_that_waits_for_its_lock_lets_others_pass():
    tries = []

    def alter():
        with psycopg.connect(**direct_parameters(), autocommit=True) as own:

            def change():
                tries.append(1)
                own.execute("ALTER TABLE money_plan ADD COLUMN chaos integer")

            patiently(own.execute, change)

    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(**direct_parameters()) as report:
            report.execute("SELECT count(*) FROM money_plan")
            changing = pool.submit(alter)
            while len(tries) < 2:
                threading.Event().wait(0.01)
            Plan.objects.create(code="meanwhile", name="Meanwhile")
            assert not changing.done()
        changing.result()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE money_plan DROP COLUMN chaos")


def test_a_change_that_never_gets_its_lock_says_so(monkeypatch):
    monkeypatch.setattr(migrating, "TRIES", 2)
    with (
        psycopg.connect(**direct_parameters()) as report,
        psycopg.connect(**direct_parameters(), autocommit=True) as own,
    ):
        report.execute("SELECT count(*) FROM money_plan")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            patiently(
                own.execute, lambda: own.execute("ALTER TABLE money_plan ADD COLUMN chaos integer")
            )
        assert own.execute("SHOW lock_timeout").fetchone() == ("0",)


def test_what_fails_for_another_reason_is_not_tried_again():
    tries = []
    with psycopg.connect(**direct_parameters(), autocommit=True) as own:

        def change():
            tries.append(1)
            own.execute("ALTER TABLE nowhere ADD COLUMN chaos integer")

        with pytest.raises(psycopg.errors.UndefinedTable):
            patiently(own.execute, change)
    assert len(tries) == 1


def test_migrate_is_patient(capsys):
    seen = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call_command("migrate", verbosity=1)
    assert "No migrations to apply" in capsys.readouterr().out
    assert [sql for sql in seen if "lock_timeout" in sql] == [
        f"SET lock_timeout = {migrating.LOCK_MS}",
        "SET lock_timeout = 0",
    ]
