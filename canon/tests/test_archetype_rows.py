"""Archetypes as rows: staff may add, change and switch them off."""

from __future__ import annotations

import pytest

from canon.archetypes import score_archetypes
from canon.models import Archetype

pytestmark = pytest.mark.django_db
HERO = "She is brave and faces the dragon to protect the village."


def test_an_archetype_without_traits_is_never_found_and_breaks_nothing():
    before = [score.archetype.code for score in score_archetypes(HERO)]
    Archetype.objects.create(code="blank", name="Blank", category="other", description="")
    assert [score.archetype.code for score in score_archetypes(HERO)] == before


def test_one_that_is_switched_off_is_neither_listed_nor_scored(client):
    Archetype.objects.create(
        code="brave", name="Brave", category="x", description="", traits=["brave"]
    )
    assert "brave" in [score.archetype.code for score in score_archetypes(HERO)]
    Archetype.objects.filter(code="brave").update(is_active=False)
    assert "brave" not in [score.archetype.code for score in score_archetypes(HERO)]
    listed = client.get("/api/v1/archetypes?page_size=100").json()["results"]
    assert "brave" not in [row["code"] for row in listed]


def test_the_list_is_for_everybody_and_read_only(client):
    active = Archetype.objects.filter(is_active=True).count()
    assert client.get("/api/v1/archetypes").json()["count"] == active > 0
    assert client.post("/api/v1/archetypes", {}).status_code == 405
