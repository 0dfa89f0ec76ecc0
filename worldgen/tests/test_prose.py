"""Long texts of a world on its pages: Markdown, and nothing that a text brings along."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.make import make_world
from worldgen.models import Campaign, Entity

pytestmark = pytest.mark.django_db
TEXT = "She *never* sleeps.\n\n- <b>keeps</b> a log\n- [the pier](https://pier.example/a) ![x](https://evil.example/x.png)"


def test_a_row_shows_emphasis_and_lists_but_no_html_and_no_image(alice, project):
    rows = make_world(project)
    entity = rows[Entity]
    Entity.objects.filter(pk=entity.pk).update(description=TEXT, appearance=TEXT)
    place = {"project_pk": project.pk, "pk": rows[Campaign].pk}
    url = reverse("world_row", kwargs={**place, "table": "entities", "key": entity.code})
    page = alice.get(url).content.decode()
    assert page.count("She <em>never</em> sleeps.") == 2
    assert "&lt;b&gt;keeps" in page
    assert "</a> (pier.example)" in page
    assert "<img" not in page
