"""A campaign as one person reads it: the rows they may see, and the names behind ids and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from storyforge.accounts.models import User
from worldgen import phases
from worldgen.answers.resolving import phases_table
from worldgen.containment import above
from worldgen.directory import FACTS, target_name
from worldgen.models import Campaign, PCFact, PlayerCharacter, WorldRow
from worldgen.models.base import SoftLink
from worldgen.phases import Model, table_of, tables
from worldgen.rows import PARTY, Row, load_rows
from worldgen.secrets import hidden_codes, seen_by_players, sees_all, shown

MOST_NAMING = 300  # rows that name one row, as many as a page lists


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A row of a table, or one of the party, as links show it."""

    id: UUID
    table: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """How it stands in a URL: its code, or its id where its table has none."""
        return self.code or str(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A row that names another one, and the field in which it does."""

    row: Named
    field: str


class Reader:
    """What one person may read of a campaign they were let into; each method takes a few queries."""

    def __init__(self, campaign: Campaign, user: User) -> None:
        self.campaign, self.user = campaign, user
        self.sees_all = sees_all(user, campaign.project_id)

    def rows(self, table: str) -> QuerySet[Any]:
        """The rows of a table they may see."""
        return self._seen(tables()[table])

    def _seen(self, model: Model) -> QuerySet[Any]:
        rows = model.objects.filter(campaign=self.campaign)
        return rows if self.sees_all else rows.filter(seen_by_players(model))

    def values(self, rows: Iterable[WorldRow]) -> dict[UUID, Row]:
        """What these rows of one table say, in codes, without what is hidden from them."""
        found = list(rows)
        written = load_rows(found)
        if self.sees_all or not found:
            return written
        model, hidden = type(found[0]), hidden_codes(self.campaign.pk)
        return {row.pk: shown(model, written[row.pk], row.revealed_fields, hidden) for row in found}

    def named(self, wanted: Iterable[str], **lookup: Any) -> list[Named]:
        """The rows of these tables that fit, the party's and its facts' too: one query for all."""
        parts = [_columns(self._source(table), table).filter(**lookup) for table in wanted]
        if not parts:
            return []
        rows = parts[0].union(*parts[1:], all=True)
        return [Named(id=pk, table=table, code=code, name=name) for pk, code, name, table in rows]

    def _source(self, table: str) -> QuerySet[Any]:
        if table == PARTY:
            return PlayerCharacter.objects.filter(campaign=self.campaign)
        if table == FACTS:
            facts = PCFact.objects.filter(campaign=self.campaign)
            return facts if self.sees_all else facts.none()
        return self.rows(table)

    def by_code(self, codes: Iterable[str]) -> dict[str, Named]:
        """Rows with these codes, the party and its facts among them; what is hidden is missing."""
        wanted = {code: table_of_code(code) for code in codes}
        found = self.named({table for table in wanted.values() if table}, code__in=list(wanted))
        return {row.code: row for row in found}

    def titles(self, table: str, rows: Iterable[WorldRow]) -> dict[UUID, Named]:
        """What to call these rows of a table: their name, or the names of what they link."""
        found = list(rows)
        model = tables()[table]
        if model.code_prefix:
            return {r.pk: Named(id=r.pk, table=table, code=r.code, name=r.name) for r in found}  # type: ignore[attr-defined]
        ends = [link.attname for link in phases.links(model) if not link.null]
        ids = {pk for row in found for end in ends if (pk := getattr(row, end))}
        targets = {target_name(link) for link in phases.links(model) if not link.null}
        names = {row.id: row for row in self.named(targets, pk__in=ids)} if ids else {}
        return {
            row.pk: Named(id=row.pk, table=table, code="", name=_joined(row, ends, names))
            for row in found
        }

    def above(self, row: WorldRow) -> list[Named]:
        """The rows this one lies in, the outermost first; none beyond one that they do not see."""
        ids, table = above(row), table_of(type(row))
        there = {named.id: named for named in self.named([table], pk__in=ids)} if ids else {}
        seen = takewhile(lambda pk: pk in there and pk != row.pk, ids)
        return [there[pk] for pk in seen][::-1]

    def mentions(self, row: WorldRow) -> list[Mention]:
        """The rows that name this one, in references and in texts."""
        parts = list(self._naming(row))
        if not parts:
            return []
        found = list(parts[0].union(*parts[1:], all=True)[:MOST_NAMING])
        names: dict[UUID, Named] = {}
        for table in dict.fromkeys(table for _, table, _ in found):
            ids = [pk for pk, of, _ in found if of == table]
            names |= self.titles(table, tables()[table].objects.filter(pk__in=ids))
        return [Mention(row=names[pk], field=field) for pk, _, field in found if pk in names]

    def _naming(self, row: WorldRow) -> Iterator[QuerySet[Any, Any]]:
        own = table_of(type(row))
        for table, model in tables().items():
            for column in _references(model, type(row)):
                names_it = Q(**{column.name: row.pk})
                yield self._those(model, table, column.name, names_it, path=column.name)
            for soft in model.soft_links:
                if own in soft.to:
                    says = _says(soft, row.code)  # type: ignore[attr-defined]
                    yield self._those(model, table, soft.field, says, path=soft.path)

    def _those(
        self, model: Model, table: str, field: str, names_it: Q, *, path: str
    ) -> QuerySet[Any, Any]:
        rows = self._seen(model).filter(names_it)
        if not self.sees_all and (secret := {field, path} & set(model.gm_fields)):
            rows = rows.filter(revealed_fields__contains=sorted(secret))
        return rows.order_by().values_list("pk", Value(table), Value(field))


def table_of_code(code: str) -> str:
    """The table whose codes look like this one, the party and its facts too; empty where none does."""
    if code.startswith("pc"):
        return FACTS if "f" in code else PARTY
    return phases_table(code)


def _references(model: Model, target: Model) -> Iterator[Any]:
    columns = [*phases.links(model), *phases.deferred(model), *phases.link_sets(model)]
    return (column for column in columns if column.related_model is target)


def _says(soft: SoftLink, code: str) -> Q:
    if "[]" not in soft.path:
        return Q(**{soft.field: code})
    return Q(**{f"{soft.field}__contains": [{soft.key: code}] if soft.key else [code]})


def _columns(rows: QuerySet[Any], table: str) -> QuerySet[Any, Any]:
    name = Cast("text" if table == FACTS else "name", TextField())
    return rows.order_by().values_list("pk", "code", name, Value(table))


def _joined(row: WorldRow, ends: list[str], names: dict[UUID, Named]) -> str:
    linked = [names[pk].name for end in ends if (pk := getattr(row, end)) in names]
    word = next((f.name for f in phases.writable(type(row)) if f.choices), "")
    said = str(getattr(row, word)).replace("_", " ") if word else ""
    return " – ".join(linked) + (f" ({said})" if said else "")
