"""What was written and is no part of the world: candidates for rows that are kept, and rows that did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import NotFound, StoryforgeError
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.edits.editing import Editor, edit_row
from worldgen.models import RowChange, RowDraft, WorldRow
from worldgen.pages.base import Changing, WorldPage
from worldgen.pages.tables import OneRowPage
from worldgen.phases import tables
from worldgen.rows import Row, identity, key_of, load_rows
from worldgen.views.reader import Named
from worldgen.views.shown import Value, codes_in, value_of, words

PAGE = 50
MOST_CHANGES = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """A field on both sides."""

    name: str
    label: str
    old: Value
    new: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One entry of a row's history: who wrote, and which fields became what."""

    entry: RowChange
    is_first: bool
    sides: list[Side]


class DraftsPage(WorldPage):
    """All drafts of a campaign."""

    template_name = "worlds/drafts.html"
    needs = Action.VIEW_SECRETS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        drafts = _drafts(self.campaign).order_by("kind", "table_name", "row_key", "-created_at")
        page = Paginator(drafts, PAGE).get_page(self.request.GET.get("page"))
        context |= {"page": page, "drafts": [(draft, words(draft.table_name)) for draft in page]}
        return context


class DraftPage(Changing, WorldPage):
    """A candidate beside the row it is for, or a row that did not fit with what is wrong."""

    template_name = "worlds/draft.html"
    needs = Action.VIEW_SECRETS
    draft: RowDraft

    def open(self, action: Action) -> None:
        super().open(action)
        found = _drafts(self.campaign).filter(pk=self.kwargs["draft"]).first()
        if found is None or found.table_name not in tables():
            raise NotFound
        self.draft = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        row = self._row()
        model, payload = tables()[self.draft.table_name], dict(self.draft.payload)
        values = load_rows([row])[row.pk] if row else {}
        names = self.reader.by_code(codes_in(model, [values, _fit(model, payload)]))
        context |= {
            "draft": self.draft,
            "label": words(self.draft.table_name),
            "row": row,
            "title": self.reader.titles(self.draft.table_name, [row])[row.pk] if row else None,
            "sides": sides(model, values, payload, names, only_changed=row is not None),
        }
        return context

    def _row(self) -> WorldRow | None:
        """The row the draft is for, if it stands."""
        model: Any = tables()[self.draft.table_name]
        rows = model.objects.filter(campaign=self.campaign)
        if model.code_prefix:
            return rows.filter(code=self.draft.row_key).first()
        found = list(rows)
        values = load_rows(found)
        return next((r for r in found if key_of(model, values[r.pk]) == self.draft.row_key), None)

    def change(self, request: HttpRequest) -> HttpResponse:
        """Take the chosen fields, or put the draft away."""
        if request.POST.get("do") == "discard":
            _drafts(self.campaign).filter(pk=self.draft.pk).delete()
            messages.success(request, "The draft is gone.")
            return redirect("world_drafts", self.project.pk, self.campaign.pk)
        row = self._row()
        chosen = [name for name in request.POST.getlist("field") if name in self.draft.payload]
        if row is None or not chosen:
            return self.again(problem="Choose what to take.")
        changes = {name: self.draft.payload[name] for name in chosen}
        try:
            edit_row(self.campaign, row, changes, editor=Editor(actor_id=self.user.pk))
        except StoryforgeError as error:
            return self.again(problem=error.message)
        _drafts(self.campaign).filter(pk=self.draft.pk).delete()
        messages.success(request, "Taken. The row is yours as it stands now.")
        key = getattr(row, "code", None) or str(row.pk)
        return redirect("world_row", self.project.pk, self.campaign.pk, self.draft.table_name, key)


class HistoryPage(OneRowPage):
    """What a row was, who changed it, and what became of each field."""

    template_name = "worlds/history.html"
    needs = Action.VIEW_SECRETS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        entries = list(
            RowChange.objects.filter(
                campaign=self.campaign, table_name=self.table, row_id=self.row.pk
            )
            .select_related("actor", "table_run")
            .order_by("-created_at", "-pk")[:MOST_CHANGES]
        )
        model, after = type(self.row), load_rows([self.row])[self.row.pk]
        states = [after, *((entry.before or {}).get("values", {}) for entry in entries)]
        names = self.reader.by_code(codes_in(model, states))
        context["changes"] = [
            Change(entry=entry, is_first=entry.before is None,
                   sides=[] if entry.before is None else sides(model, old, new, names))
            for entry, new, old in zip(entries, states, states[1:], strict=False)
        ]  # fmt: skip
        return context


def sides(
    model: phases.Model,
    old: Row,
    new: Row,
    names: dict[str, Named],
    *,
    only_changed: bool = True,
) -> list[Side]:
    """The fields of a row before and after, those that differ or all."""
    own = set(identity(model)) if only_changed else set()
    return [
        Side(name=f.name, label=words(f.name), old=_shown(model, f.name, old, names),
             new=_shown(model, f.name, new, names))
        for f in phases.writable(model)
        if f.name in new and f.name not in own
        and not (only_changed and old.get(f.name) == new.get(f.name))
    ]  # fmt: skip


def _shown(model: phases.Model, name: str, values: Row, names: dict[str, Named]) -> Value:
    try:
        return value_of(model, name, values.get(name), names)
    except (AttributeError, TypeError, KeyError):  # a draft may hold anything
        return Value(kind="text", text=str(values.get(name)))


def _fit(model: phases.Model, payload: Row) -> Row:
    """Of a draft, the references that have their shape."""
    sets = {column.name for column in phases.link_sets(model)}
    return {
        name: value
        for name, value in payload.items()
        if isinstance(value, str) or ((name in sets and isinstance(value, list))
        and all(isinstance(item, str) for item in value))
    }  # fmt: skip


def _drafts(campaign: Any) -> QuerySet[RowDraft]:
    return RowDraft.objects.filter(campaign=campaign)
