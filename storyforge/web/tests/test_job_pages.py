"""Pages of jobs: a run stands for its units, and its own page lists them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyforge.jobs.models import Job
from tests.make import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project):
    return make(Job, project, kind="world.generate", is_run=True, parent=None, unit_key=None)


def add_units(run, *statuses):
    for number, status in enumerate(statuses, start=run.units.count()):
        values = {"parent": run, "unit_key": f"2A entities {number}", "is_run": False}
        values["completed_at"] = timezone.now()
        make(Job, run.project, kind="world.part", status=status, **values)


def page_of(client, name, *keys):
    return client.get(reverse(name, args=keys)).content.decode()


def test_the_list_shows_the_run_and_none_of_its_units(alice, project, run):
    add_units(run, "completed", "failed")
    page = page_of(alice, "jobs", project.pk)
    assert reverse("job", args=[project.pk, run.pk]) in page
    for unit in run.units.all():
        assert str(unit.pk) not in page


def test_a_run_lists_its_units_failed_ones_first_and_each_leads_back(alice, project, run):
    add_units(run, "completed", "failed")
    page = page_of(alice, "job", project.pk, run.pk)
    assert page.index("2A entities 1") < page.index("2A entities 0")
    unit = run.units.get(unit_key="2A entities 1")
    assert reverse("job", args=[project.pk, unit.pk]) in page
    back = page_of(alice, "job", project.pk, unit.pk)
    assert "2A entities 1, a part of" in back
    assert reverse("job", args=[project.pk, run.pk]) in back


def test_a_run_of_many_units_takes_as_many_queries_and_comes_in_pages(alice, project, run):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = page_of(alice, "job", project.pk, run.pk)
        return len(seen), page

    add_units(run, "completed")
    few, _ = queries()
    add_units(run, *["completed"] * 60)
    many, page = queries()
    assert many == few
    assert "Page 1 of 2" in page
