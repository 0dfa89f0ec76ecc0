"""A row as a form, made from the fields of its table; a person's row is changed by no run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.answers.validator import check_row
from worldgen.edits.editing import Editor, add_row, edit_row
from worldgen.errors import InvalidRow, RowProtected, StaleRevision
from worldgen.issues import Issue
from worldgen.models import RowDraft
from worldgen.pages.base import Changing, WorldTablePage
from worldgen.pages.tables import OneRowPage
from worldgen.phases import Model, tables
from worldgen.rows import Row, load_rows
from worldgen.views.controls import SPARE, Control, controls_of, read, targets, with_errors
from worldgen.views.reader import Reader
from worldgen.views.shown import words

MORE = 3  # empty items that "more" adds to a list
STALE = (
    "Somebody saved this row while you wrote. Below is what you typed; what is saved now differs in: {}."
    " Save again to keep yours."
)


class RowForm:
    """The controls of a row of one table, and what was typed into them."""

    def __init__(self, reader: Reader, model: Model, values: Row) -> None:
        self.model, self.values = model, values
        found = reader.named(targets(model))
        self.names = {t: [n for n in found if n.table == t] for t in targets(model)}

    def controls(self, values: Row, spare: dict[str, int] | None = None) -> list[Control]:
        """The controls with these values in them."""
        return controls_of(self.model, values, self.names, spare=spare or {})

    def typed(self, request: HttpRequest) -> Row:
        """What was typed, as a row."""
        spare = {}
        for column in phases.writable(self.model):
            sent = request.POST.get(f"{column.name}.n", "")
            if sent.isdecimal() and len(sent) < 4:
                value = self.values.get(column.name)
                spare[column.name] = max(
                    0, int(sent) - (len(value) if isinstance(value, list) else 0)
                )
        return read(self.controls(self.values, spare), request.POST)

    def again(self, typed: Row, issues: Iterable[Issue] = (), more: str = "") -> dict[str, Any]:
        """The context of the form with what was typed and what is wrong with it."""
        controls = self.controls(typed, {more: SPARE + MORE})
        marked, problems = with_errors(controls, issues)
        return {"controls": marked, "problems": problems}


class EditRowPage(Changing, OneRowPage):
    """The form of a row that is there."""

    template_name = "worlds/row_form.html"
    needs = Action.EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "controls" not in context:
            form = self._form()
            context |= {"controls": form.controls(form.values)}
        return {"revision": self.row.revision, **context}

    def _form(self) -> RowForm:
        return RowForm(self.reader, type(self.row), load_rows([self.row])[self.row.pk])

    def change(self, request: HttpRequest) -> HttpResponse:
        """Save what differs; or show the form again, with room for more, or with what is wrong."""
        form = self._form()
        typed = form.typed(request)
        if more := request.POST.get("more", ""):
            return self.render_to_response(
                self.get_context_data(**self.kwargs, **form.again(typed, more=more))
            )
        code = {"code": form.values["code"]} if "code" in form.values else {}
        row, issues = check_row(self.table, {**typed, **code})
        if issues:
            return self.again(**form.again(typed, issues))
        changes = {n: v for n, v in row.items() if n in form.values and v != form.values[n]}
        if not changes:
            return self._done("Nothing was changed.")
        sent = request.POST.get("revision", "")
        try:
            edit_row(
                self.campaign,
                self.row,
                changes,
                editor=Editor(actor_id=self.user.pk),
                revision=int(sent) if sent.isdecimal() and len(sent) < 10 else None,
            )
        except InvalidRow as error:
            return self.again(**form.again(typed, error.issues))
        except StaleRevision:
            differs = ", ".join(words(name).lower() for name in changes)
            return self.again(**form.again(typed), problem=STALE.format(differs))
        except RowProtected as error:
            return self.again(**form.again(typed), problem=error.message)
        return self._done("Saved. From now on the row is yours: no run changes it.")

    def _done(self, said: str) -> HttpResponse:
        messages.success(self.request, said)
        key = getattr(self.row, "code", None) or str(self.row.pk)
        return redirect("world_row", self.project.pk, self.campaign.pk, self.table, key)


class NewRowPage(Changing, WorldTablePage):
    """The form of a row that a person adds."""

    template_name = "worlds/row_form.html"
    needs = Action.EDIT

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "controls" not in context:
            context |= {"controls": self._form().controls(self._drafted())}
        return {"table": self.table, "label": words(self.table), **context}

    def _form(self) -> RowForm:
        return RowForm(self.reader, tables()[self.table], {})

    def _drafted(self) -> Row:
        """What a draft that did not fit says, as far as the form knows what to do with it."""
        wanted = self.request.GET.get("draft", "")
        try:
            draft = RowDraft.objects.filter(campaign=self.campaign, table_name=self.table,
                                            pk=UUID(wanted)).first() if wanted else None  # fmt: skip
        except ValueError:
            draft = None
        payload = draft.payload if draft and isinstance(draft.payload, dict) else {}
        row, issues = check_row(self.table, payload)
        wrong = {issue.field.partition(".")[0] for issue in issues}
        return {name: value for name, value in row.items() if name not in wrong}

    def change(self, request: HttpRequest) -> HttpResponse:
        """Add the row."""
        form = self._form()
        typed = form.typed(request)
        if more := request.POST.get("more", ""):
            return self.render_to_response(
                self.get_context_data(**self.kwargs, **form.again(typed, more=more))
            )
        try:
            row = add_row(self.campaign, self.table, typed, editor=Editor(actor_id=self.user.pk))
        except InvalidRow as error:
            return self.again(**form.again(typed, error.issues))
        messages.success(request, "The row is in the world.")
        key = getattr(row, "code", None) or str(row.pk)
        return redirect("world_row", self.project.pk, self.campaign.pk, self.table, key)
