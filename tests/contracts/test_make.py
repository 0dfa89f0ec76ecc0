"""`make` serves every content model that is declared."""

from __future__ import annotations

import pytest

from canon.models import Character
from storyforge.projects.models import ProjectContent
from tests.make import content_models, make, make_world


@pytest.mark.parametrize("model", content_models(), ids=lambda m: m._meta.label)
def test_a_row_of_each_model_is_made_in_the_project(model, project):
    assert make(model, project).project_id == project.pk


def test_a_world_holds_one_row_of_each_model_and_all_of_one_project(project):
    world = make_world(project)
    assert {m for m in world if issubclass(m, ProjectContent)} == set(content_models())
    for model in content_models():
        assert model.objects.exclude(project=project).count() == 0
        assert model.objects.count() == 1, model


def test_given_fields_stand(project):
    assert make(Character, project, name="Mara").name == "Mara"
