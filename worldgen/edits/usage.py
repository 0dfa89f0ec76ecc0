"""Which rows name a row, what becomes of them without it, and which of them need it.

A row is needed by another when a required reference names it, when a set would fall below its least
number, or when the other would break a rule of its table without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from worldgen import phases
from worldgen.answers import table_rules
from worldgen.answers.table_rules import Problem
from worldgen.directory import target_name
from worldgen.models import Campaign, SoftLink, WorldRow
from worldgen.rows import PARTY, Row, key_of, load_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A row, or a player character or a fact, that others may name."""

    table: str
    id: UUID
    code: str
    name: str = ""


@dataclass(kw_only=True, slots=True)
class User:
    """A row that names another: in which fields, and how it would stand without it."""

    table: str
    row: WorldRow
    key: str
    values: Row
    fields: list[str] = field(default_factory=list)
    without: Row = field(default_factory=dict)
    needs_it: bool = False

    @property
    def is_relation(self) -> bool:
        """Whether it is only there to link rows."""
        return not self.row.code_prefix

    def as_json(self) -> dict[str, Any]:
        """For the answer that refuses a delete."""
        return {
            "table": self.table,
            "key": str(self.row.pk) if self.is_relation else self.key,
            "name": self.values.get("name", self.key),
            "fields": self.fields,
        }


@cache
def naming(table: str) -> dict[str, tuple[tuple[Any, ...], tuple[SoftLink, ...]]]:
    """The tables whose rows may name rows of this one: their references, and their texts with codes."""
    found = {}
    for name, model in phases.tables().items():
        columns = [*phases.links(model), *phases.link_sets(model)]
        hard = tuple(f for f in columns if target_name(f) == table)
        soft = tuple(s for s in model.soft_links if table in s.to)
        if hard or soft:
            found[name] = (hard, soft)
    return found


def users_of(campaign: Campaign, named: Named) -> Iterator[User]:
    """Every row that names this one. A few queries for each table that may."""
    for table, (hard, soft) in naming(named.table).items():
        model = phases.tables()[table]
        rows = list(_naming_rows(campaign, model, named, hard, soft))
        values = load_rows(rows)
        for row in rows:
            written = values[row.pk]
            user = User(table=table, row=row, key=key_of(model, written), values=written)
            user.fields = [f.name for f in hard if named.code in _codes(written[f.name])]
            user.fields += [s.path for s in soft if named.code in soft_codes(written, s)]
            user.without = without(model, written, named, hard, soft)
            user.needs_it = _needs(user, hard, named)
            if user.fields:
                yield user


def without(
    model: type[WorldRow],
    values: Row,
    named: Named,
    hard: tuple[Any, ...],
    soft: tuple[SoftLink, ...],
) -> Row:
    """The row as it stands when nothing of this name is there any more."""
    found = dict(values)
    for column in hard:
        if column.many_to_many:
            found[column.name] = [code for code in values[column.name] if code != named.code]
        elif values[column.name] == named.code:
            found[column.name] = None
            if named.table == PARTY:
                _untie(found)
    for link in soft:
        found[link.field] = _forget(found[link.field], link, named)
    return found


def _untie(values: Row) -> None:
    """What is said of a tie to a player character ends with the tie."""
    for name, empty in (("pc_connection", "none"), ("pc_connection_detail", "")):
        if name in values:
            values[name] = empty


def _forget(value: Any, link: SoftLink, named: Named) -> Any:
    gone = named.name if link.free_text else ""
    if not isinstance(value, list):
        return gone if value == named.code else value
    if not link.key:
        return [code for code in value if code != named.code]
    return [{**e, link.key: gone} if e[link.key] == named.code else e for e in value]


def soft_codes(values: Row, link: SoftLink) -> list[str]:
    """The texts of a row in which this link's codes stand."""
    value = values[link.field]
    if not isinstance(value, list):
        return [value] if value else []
    return [e[link.key] if link.key else e for e in value]


def _codes(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _naming_rows(
    campaign: Campaign,
    model: type[WorldRow],
    named: Named,
    hard: tuple[Any, ...],
    soft: tuple[SoftLink, ...],
) -> Any:
    rows = model.objects.filter(campaign=campaign)
    wanted = Q(pk=None)
    for column in hard:
        if column.many_to_many:
            through = column.remote_field.through
            pairs = through.objects.filter(**{column.m2m_reverse_name(): named.id})
            wanted |= Q(pk__in=pairs.values(column.m2m_column_name()))
        else:
            wanted |= Q(**{column.attname: named.id})
    for number, link in enumerate(soft):
        if "[" not in link.path:
            wanted |= Q(**{link.field: named.code})
        else:
            rows = rows.annotate(**{f"text{number}": Cast(F(link.field), TextField())})
            wanted |= Q(**{f"text{number}__contains": f'"{named.code}"'})
    return rows.filter(wanted).order_by("pk")


def _needs(user: User, hard: tuple[Any, ...], named: Named) -> bool:
    for column in hard:
        left = user.without[column.name]
        if column.many_to_many:
            if len(left) < column.low <= len(user.values[column.name]):
                return True
        elif left is None and user.values[column.name] and not column.null:
            return True
    return bool(_broken(user.table, user.without) - _broken(user.table, user.values))


def _broken(table: str, values: Row) -> set[Problem]:
    found = table_rules.problems(table, dict(values), key="")
    return {(issue.field, issue.message) for issue in found}
