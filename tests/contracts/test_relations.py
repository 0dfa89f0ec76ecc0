"""No body and no query reaches a row of another project."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import django_filters
import pytest
from django.urls import reverse
from rest_framework import serializers

from canon.models import Archetype
from conftest import make_user
from storyforge.projects.api import ContentSerializer
from storyforge.projects.models import Project, ProjectContent
from tests.contracts.conftest import told, undone, url_of
from tests.contracts.operations import api_operations, filters_of, viewsets
from tests.contracts.rules import RULES
from tests.make import make

pytestmark = pytest.mark.django_db
PUBLIC_MODELS = {Archetype}
RELATIONS = (serializers.RelatedField, serializers.ManyRelatedField)


def all_serializers(base=serializers.BaseSerializer):
    """Every serializer class of the product."""
    for kind in base.__subclasses__():
        yield kind
        yield from all_serializers(kind)


def content_serializers():
    for kind in set(all_serializers()):
        model = getattr(getattr(kind, "Meta", None), "model", None)
        if model is not None and issubclass(model, ProjectContent):
            yield kind


def writable_relations(serializer):
    """Names and target models of the relations a body may set."""
    for name, field in serializer.fields.items():
        relation = getattr(field, "child_relation", field)
        if isinstance(field, RELATIONS) and not field.read_only:
            yield name, relation.queryset.model


def relation_cells():
    """Each operation whose body may name a row, with the field and the model."""
    for operation in api_operations():
        kind = getattr(operation.view, "serializer_class", None)
        if operation.method not in ("post", "put", "patch") or not isinstance(kind, type):
            continue
        written = operation.name.endswith(("-list", "-detail"))
        if not written or RULES[operation.key].multipart or not issubclass(kind, ContentSerializer):
            continue
        serializer = kind()
        for name, model in writable_relations(serializer):
            many = hasattr(serializer.fields[name], "child_relation")
            if name != "project" or operation.method == "post":
                yield pytest.param(operation, name, model, many, id=f"{operation.key} {name}")


@pytest.fixture(scope="module")
def elsewhere(world):
    """Two more projects: charlie's, and a second one of alice."""
    owners = [make_user("zoe"), world[Project].owner]
    return [Project.start(owner, name="Elsewhere") for owner in owners]


@pytest.mark.parametrize(
    "serializer", sorted(content_serializers(), key=lambda s: s.__name__), ids=lambda s: s.__name__
)
def test_serializers_of_content_are_scoped_or_read_only(serializer):
    if issubclass(serializer, ContentSerializer):
        models = {model for _, model in writable_relations(serializer())}
        assert all(issubclass(m, Project | ProjectContent) or m in PUBLIC_MODELS for m in models)
    else:
        assert [n for n, f in serializer().fields.items() if not f.read_only] == []


def test_no_serializer_of_any_kind_reaches_rows_of_all_projects():
    """Also those of no model, and those inside others: a writable relation is scoped or public."""
    ours = ("storyforge", "canon", "scriptwriter", "worldgen")
    loose = [
        f"{kind.__name__}.{name}"
        for kind in set(all_serializers())
        if kind.__module__.split(".")[0] in ours and not issubclass(kind, ContentSerializer)
        for name, field in getattr(kind, "_declared_fields", {}).items()
        if isinstance(field, RELATIONS) and not field.read_only
    ]
    assert loose == []


def test_no_page_holds_more_than_a_hundred_rows():
    for view in viewsets():
        pages = view.pagination_class
        if pages is not None:
            most = getattr(pages, "max_limit", None) or pages.max_page_size
            assert most <= 100, view


@pytest.mark.parametrize(("operation", "field", "model", "many"), list(relation_cells()))
def test_a_row_of_another_project_is_refused_like_one_that_never_was(
    operation, field, model, many, world, personas, elsewhere
):
    rule = RULES[operation.key]

    def answer(pk):
        body = {**rule.body(world), field: [pk] if many else pk}
        with undone():
            method = getattr(personas["alice"], operation.method)
            return method(url_of(operation, world), body)

    unknown = str(uuid4())
    missing = answer(unknown)
    assert missing.status_code == 400
    assert list(missing.json()["errors"]) == [field]
    hidden, own = elsewhere
    rows = [hidden] if model is Project else [make(model, hidden), make(model, own)]
    for row in rows:
        assert told(answer(str(row.pk)), str(row.pk)) == told(missing, unknown)


@pytest.mark.parametrize("view", viewsets(), ids=lambda v: v.__name__)
def test_filters_take_relations_as_bare_ids(view):
    """A choice among existing rows would answer 400 for a missing row and 200 for a hidden one."""
    choices = django_filters.ModelChoiceFilter | django_filters.ModelMultipleChoiceFilter
    assert [n for n, f in filters_of(view).items() if isinstance(f, choices)] == []


LISTS = {op.view: op.name for op in api_operations() if "-list" in op.name}


@pytest.mark.parametrize("view", [v for v in viewsets() if v in LISTS], ids=lambda v: v.__name__)
def test_charlie_learns_nothing_by_filtering(view, world, personas):
    url = reverse(LISTS[view])
    ids = django_filters.UUIDFilter | django_filters.NumberFilter
    for name, found in filters_of(view).items():
        if isinstance(found, ids):
            missing = (
                "987654321" if isinstance(found, django_filters.NumberFilter) else str(uuid4())
            )
            wanted = _answer(personas["charlie"], url, name, missing)
            for row in _rows_for(view, found, world):
                if type(row.pk) is (int if missing.isdecimal() else UUID):
                    assert _answer(personas["charlie"], url, name, str(row.pk)) == wanted


def _rows_for(view, found, world):
    """The rows whose ids this filter looks for: those of its model, or any where it names none."""
    model = view.queryset.model
    for part in found.field_name.split("__"):
        field = next((f for f in model._meta.get_fields() if f.name == part), None)
        model = getattr(field, "related_model", None)
        if model is None:
            return list(world.values())
    return [world[model]] if model in world else list(world.values())


def _answer(client, url, name, pk):
    text = re.sub('"request_id":"[^"]*"', "", client.get(url, {name: pk}).content.decode())
    return re.sub(rf"\b{pk}\b", "ID", text)
