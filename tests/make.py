"""A valid row of any content model, filled from its fields, so that nobody keeps forty factories."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from pydantic import TypeAdapter

from storyforge.accounts.models import User
from storyforge.ai.text.fill import fill
from storyforge.core.fields import TypedJSONField
from storyforge.money.models import LedgerEntry, Quota
from storyforge.projects.models import Project, ProjectContent
from worldgen.models import RowDraft

# Code numbers, so that the next free code is found after rows made here.
CODE_LETTERS = {"character": "c", "scene": "sc", "utterance": "q"}
PLAIN: tuple[tuple[type[models.Field[Any, Any]], Callable[[int], Any]], ...] = (
    (models.EmailField, lambda n: f"person{n}@example.org"),
    (models.IntegerField, lambda n: n),
    (models.FloatField, lambda n: 0.5),
    (models.BooleanField, lambda n: False),
    (models.UUIDField, lambda n: uuid.uuid4()),
    (models.DateTimeField, lambda n: timezone.now()),
    (models.JSONField, lambda n: {"number": n}),
    (models.BinaryField, lambda n: f'{{"bytes": {n}}}'.encode()),  # of a file that is JSON
)
# Fields that may be empty, but not in a row that is of use.
PAIRED: dict[type[models.Model], Callable[[int, Project], dict[str, Any]]] = {
    LedgerEntry: lambda n, project: {"payer": project.owner.audit_id},
    RowDraft: lambda n, project: {"table_name": "legal_systems", "payload": {}},
    Quota: lambda n, project: {"starts_on": date(2026, 1, 1) + timedelta(days=n)},
}
_numbers = itertools.count(1)

Rows = dict[type[models.Model], models.Model]


def content_models() -> list[type[ProjectContent]]:
    """Every model of project content, in the order of their apps."""
    return [m for m in apps.get_models() if issubclass(m, ProjectContent)]


def make(model: type[Any], project: Project, /, *, known: Rows | None = None, **fields: Any) -> Any:
    """Save a row of `model` in the project; what it needs and `fields` does not give is made too.

    Required relations are one row a model, so that what belongs together does: a version's scene and
    its revision are of one script. `known` holds such rows between calls.
    """
    rows: Rows = {} if known is None else known
    number = next(_numbers)
    fields = {**PAIRED.get(model, lambda n, project: {})(number, project), **fields}
    values = {
        field.name: _value(field, number, project, rows)
        for field in model._meta.concrete_fields
        if field.name not in fields and _needs_value(field)
    }
    row = model(**values, **fields)
    row.clean_fields(exclude=[f.name for f in model._meta.fields if f.name not in values])
    row.save(force_insert=True)
    rows.setdefault(model, row)
    return row


def make_world(project: Project, *, known: Rows | None = None) -> Rows:
    """One row of every content model, all of them belonging together, the `known` ones as given."""
    rows: Rows = {} if known is None else known
    for model in content_models():
        if model not in rows:
            make(model, project, known=rows)
    return rows


def make_with_children(model: type[Any], project: Project) -> Any:
    """A row with one row of each model that points to it, and one in each of its sets."""
    known: Rows = {}
    row = make(model, project, known=known)
    for child in content_models():
        points = any(f.related_model is model for f in child._meta.concrete_fields if f.is_relation)
        if points and child not in known:  # another child may have needed it already
            make(child, project, known=known)
    for field in model._meta.many_to_many:
        if field.remote_field.through._meta.auto_created:
            other = known.get(field.related_model) or make(
                field.related_model, project, known=known
            )
            getattr(row, field.name).add(other)
    return row


def _needs_value(field: Any) -> bool:
    if field.name in ("project", "account"):  # null for the system's own jobs only
        return True
    if (
        field.null
        or isinstance(field, models.AutoField)
        or field.has_default()
        or field.has_db_default()
    ):
        return False
    return not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _value(field: Any, number: int, project: Project, rows: Rows) -> Any:
    if field.one_to_one and field.related_model is User:  # somebody of its own
        return make(User, project)
    if field.is_relation:
        return _related(field.related_model, project, rows)
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, TypedJSONField):
        return fill(TypeAdapter(field.of).json_schema(), seed=number)
    if hasattr(field, "low"):
        return field.low
    if field.blank and isinstance(field, models.CharField | models.TextField):
        return ""
    for kind, plain in PLAIN:
        if isinstance(field, kind):
            return plain(number)
    if isinstance(field, models.CharField | models.TextField):
        return _text(field, number)
    raise TypeError(f"make() has no value for {field!r}; add its type to PLAIN.")


def _text(field: Any, number: int) -> str:
    if field.name == "code":
        letters = CODE_LETTERS.get(field.model._meta.model_name, "")
        return f"{letters or getattr(field.model, 'code_prefix', '') or 'x'}{number}"
    if field.name == "kind":
        return "book.import"
    return f"{field.name} {number}"[: field.max_length]


def _related(model: type[Any], project: Project, rows: Rows) -> Any:
    if model is Project:
        return project
    if model is User:
        return project.owner
    if not issubclass(model, ProjectContent):
        return model.objects.first() or make(model, project)
    return rows.get(model) or make(model, project, known=rows)
