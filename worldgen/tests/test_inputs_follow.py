"""Two transactions note in one table run what code has completed: both notes stay."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from storyforge.core.acting import Door, acting_as
from tests.locks import until_somebody_waits
from worldgen.keeping import inputs
from worldgen.models import TableRun
from worldgen.tests.whole import new_campaign, new_run


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
        until_somebody_waits()
    thread.join()
    assert TableRun.objects.get(pk=run.pk).seen["rows"] == {"ent01": "new", "ent02": "new"}
