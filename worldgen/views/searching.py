"""Lists of rows narrowed by their fields: filters, order and search.

A filter is an oracle: what a player does not see is refused here too, not answered with nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError

from storyforge.core.errors import RoleTooLow
from worldgen import phases
from worldgen.containment import parent_of, seen_inside
from worldgen.models import PlayerCharacter, RowState, Source, WorldRow
from worldgen.models.fields import Line, Link, Links, Prose, Word
from worldgen.secrets import filterable, visible

if TYPE_CHECKING:
    from storyforge.projects.models import Actor

PAGING = ("page", "page_size", "ordering", "search", "format")
STATES: dict[str, tuple[str, ...]] = {
    "row_state": tuple(RowState.values),
    "source": tuple(Source.values),
}
FLAGS = ("is_locked", "is_stale", "is_revealed")
TIMES = ("created_at", "updated_at", "revision")
YES_OR_NO = {"true": True, "1": True, "false": False, "0": False}
LARGEST = 10**15


def narrowed(
    rows: QuerySet[Any], params: Mapping[str, str], *, user: Actor, secrets: bool
) -> QuerySet[Any]:
    """The rows that the query of a list asks for, in its order.

    Raises a validation error for what is no field or no value of it, and `RoleTooLow` where a player asks by
    what only game masters see.
    """
    model: type[WorldRow] = rows.model
    for name, value in params.items():
        if name in PAGING or value == "":
            continue
        if name == "within" and parent_of(model):
            rows = rows.filter(pk__in=_within(rows, value, user=user, secrets=secrets))
            continue
        rows = rows.filter(_filter(model, name, value, user=user, secrets=secrets))
    if words := params.get("search", "").strip():
        rows = rows.filter(_search(model, words, secrets=secrets))
    return rows.order_by(*_order(model, params.get("ordering", ""), secrets=secrets))


def _within(rows: QuerySet[Any], code: str, *, user: Actor, secrets: bool) -> set[UUID]:
    """The rows that lie in the row of this code, however deep, as far as the user sees what is between."""
    campaign = rows.values_list("campaign_id", flat=True).first()
    every = rows.model.objects.filter(campaign=campaign)
    seen = every if secrets else visible(user, every)
    start = seen.filter(code=code).values_list("pk", flat=True).first()
    return seen_inside(seen, campaign, start) if campaign and start else set()


def _filter(model: type[WorldRow], name: str, value: str, *, user: Actor, secrets: bool) -> Q:
    if name in STATES:
        return Q(**{f"{name}__in": _words(name, value, STATES[name])})
    if name in FLAGS:
        return Q(**{name: _flag(name, value)})
    if name == "code" and model.code_prefix:
        return Q(code__in=value.split(","))
    plain, _, bound = name.partition("__")
    column = _column(model, plain, name, secrets=secrets)
    if isinstance(column, Word) and not bound:
        return Q(**{f"{plain}__in": _words(name, value, column.words)})
    if isinstance(column, Link | Links) and not bound:
        return _linked(column, value, user=user, secrets=secrets)
    if isinstance(column, models.BooleanField) and not bound:
        return Q(**{plain: _flag(name, value)})
    if isinstance(column, models.IntegerField | models.FloatField) and bound in ("", "gte", "lte"):
        return Q(**{name: _number(name, value)})
    raise ValidationError({name: ["Rows cannot be filtered by this."]})


def _column(model: type[WorldRow], plain: str, name: str, *, secrets: bool) -> Any:
    column = next((f for f in phases.writable(model) if f.name == plain), None)
    if column is None:
        raise ValidationError({name: ["This table has no such field."]})
    if not secrets and plain not in filterable(model):
        raise RoleTooLow("Only game masters may ask by this field.")
    return column


def _linked(column: Any, value: str, *, user: Actor, secrets: bool) -> Q:
    """Rows that refer to the row of this code, as far as the user sees that one."""
    targets = column.related_model.objects.filter(code=value)
    if not secrets and column.related_model is not PlayerCharacter:
        targets = visible(user, targets)
    return Q(**{f"{column.name}__in": targets.values("pk")})


def _search(model: type[WorldRow], words: str, *, secrets: bool) -> Q:
    """Rows in one of whose texts the words stand."""
    names = [f.name for f in phases.writable(model) if isinstance(f, Line | Prose)]
    wanted = Q(code__iexact=words) if model.code_prefix else Q()
    for name in names:
        if secrets or name in filterable(model):
            wanted |= Q(**{f"{name}__icontains": words})
    return wanted or Q(pk=None)


def _order(model: type[WorldRow], asked: str, *, secrets: bool) -> list[str]:
    found = []
    for part in filter(None, asked.split(",")):
        name = part.removeprefix("-")
        if name not in (*TIMES, *FLAGS, *STATES) and not (name == "code" and model.code_prefix):
            column = _column(model, name, "ordering", secrets=secrets)
            if column.is_relation or isinstance(column, models.JSONField):
                raise ValidationError({"ordering": [f"Rows have no order by {name}."]})
        found.append(part)
    return [*found, *(["code"] if model.code_prefix else ["created_at"]), "pk"]


def _words(name: str, value: str, known: tuple[str, ...]) -> list[str]:
    asked = value.split(",")
    if unknown := [word for word in asked if word not in known]:
        raise ValidationError({name: [f"{unknown[0]!r} is none of {', '.join(known)}."]})
    return asked


def _flag(name: str, value: str) -> bool:
    if value not in YES_OR_NO:
        raise ValidationError({name: ["true or false."]})
    return YES_OR_NO[value]


def _number(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not abs(number) < LARGEST:
        raise ValidationError({name: ["A number."]})
    return number
