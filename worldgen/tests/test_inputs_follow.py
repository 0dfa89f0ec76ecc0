"""Two transactions note in one table run what code has completed: both notes stay."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from storyforge.core.acting import Door, acting_as
from worldgen.keeping import inputs
from worldgen.models import TableRun
from worldgen.tests.whole import new_campaign, new_run

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


def waiting():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot()"
        )  # else a transaction sees the first answer again
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_hang")
def test_who_comes_second_waits_and_keeps_what_the_first_has_noted(project):
    campaign = new_campaign(project)
    run = new_run(campaign)
    TableRun.objects.filter(pk=run.pk).update(seen={"rows": {"ent01": "old", "ent02": "old"}})

    def second():
        try:
            with acting_as(None, door=Door.ADMIN), transaction.atomic():
                inputs.follow(campaign, {"ent02": "old"}, {"ent02": "new"})
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        inputs.follow(campaign, {"ent01": "old"}, {"ent01": "new"})
        thread.start()
        while thread.is_alive() and not waiting():
            time.sleep(0.01)
        assert thread.is_alive(), "the second one did not wait"
    thread.join()
    assert TableRun.objects.get(pk=run.pk).seen["rows"] == {"ent01": "new", "ent02": "new"}
