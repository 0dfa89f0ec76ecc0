"""The database itself keeps references inside their campaign, and values inside their limits."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from tests.make import make
from worldgen.models import (
    Campaign,
    CelestialBody,
    EconomicSystem,
    GeographyRegion,
    Plane,
)
from worldgen.models.fields import Link, Links

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(project):
    """A plane in each of two campaigns of one project."""
    found = []
    for name in ("North", "South"):
        campaign = make(Campaign, project, name=name)
        found.append(make(Plane, project, campaign=campaign, name=name))
    return found


def refused():
    return pytest.raises(IntegrityError)


def now(statement):
    """Run it with deferred keys checked at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        statement()


def test_a_reference_into_another_campaign_is_refused(two):
    north, south = two
    with refused():
        now(lambda: Plane.objects.filter(pk=north.pk).update(parent_plane=south))


def test_a_set_of_references_into_another_campaign_is_refused(two, project):
    north, south = two
    region = make(GeographyRegion, project, campaign=south.campaign, plane=south)
    system = make(EconomicSystem, project, campaign=north.campaign)
    with refused():
        now(lambda: system.regions.add(region))


def test_a_row_of_another_project_than_its_campaign_is_refused(two, project):
    other = type(project).start(project.owner, name="Other")
    with refused():
        now(lambda: Plane.objects.filter(pk=two[0].pk).update(project=other))


@pytest.mark.parametrize(("field", "value"), [("plane_type", "cheese"), ("description", "x" * 601)])
def test_a_word_or_a_text_beyond_its_limit_is_refused(two, field, value):
    with refused():
        now(lambda: Plane.objects.filter(pk=two[0].pk).update(**{field: value}))


def test_a_number_out_of_range_is_refused(two, project):
    north = two[0]
    moon = make(CelestialBody, project, campaign=north.campaign, plane=north)
    with refused():
        now(lambda: CelestialBody.objects.filter(pk=moon.pk).update(orbital_period_days=-1))


def test_a_name_is_given_once_whatever_its_case(two, project):
    with refused(), transaction.atomic():
        make(Plane, project, campaign=two[0].campaign, name="NORTH")


def test_every_reference_has_its_key_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]"
            " WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 2"
        )
        keys = set(cursor.fetchall())
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'same_campaign'"
        )
        triggers = {table for (table,) in cursor.fetchall()}
    for model in apps.get_app_config("worldgen").get_models():
        table = model._meta.db_table
        links = [f.column for f in model._meta.local_fields if isinstance(f, Link)]
        sets = [f.m2m_db_table() for f in model._meta.local_many_to_many if isinstance(f, Links)]
        assert {(table, column) for column in links} <= keys, table
        assert set(sets) <= triggers, table
        if any(f.name == "campaign" for f in model._meta.fields):
            assert (table, "campaign_id") in keys
