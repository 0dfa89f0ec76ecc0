"""The roster of a phase: names and single lines before the details, the cheapest place to steer a world."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import NotFound
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.edits.listing_roster import change_roster
from worldgen.errors import InvalidRow
from worldgen.models import RosterLine
from worldgen.pages.base import Changing, WorldPage
from worldgen.views.shown import words

NAME, LINE = 80, 200  # as long as the columns
MOST_LINES = 400
LAST = 999  # the place of a new line


class RosterPage(Changing, WorldPage):
    """All lines of a phase as one form."""

    template_name = "worlds/roster.html"
    needs = Action.EDIT
    phase: phases.Phase

    def open(self, action: Action) -> None:
        super().open(action)
        try:
            self.phase = phases.by_code(self.kwargs["phase"])
        except KeyError as error:
            raise NotFound from error
        if not self.phase.has_roster:
            raise NotFound

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        by_table: dict[str, list[RosterLine]] = {table: [] for table in self._coded()}
        for line in context.get("typed") or self._lines():
            by_table[line.table_name].append(line)
        context |= {
            "phase": self.phase,
            "phases": [p for p in phases.PHASES if p.has_roster],
            "tables": [(table, words(table), lines) for table, lines in by_table.items()],
        }
        return context

    def _coded(self) -> list[str]:
        return [table for table in self.phase.tables if phases.tables()[table].code_prefix]

    def _lines(self) -> list[RosterLine]:
        rows = RosterLine.objects.filter(
            campaign=self.campaign, table_name__in=self._coded()
        ).order_by("table_name", "position", "code")
        return list(rows[:MOST_LINES])

    def change(self, request: HttpRequest) -> HttpResponse:
        """Save every line of the form that says something else than before, and the new ones."""
        lines = [line for line in self._lines() if f"{line.code}.name" in request.POST]
        changes = [change for line in lines if (change := _typed(request, line))]
        try:
            change_roster(self.campaign, changes, self._new(request), even_written=True)
        except InvalidRow as error:
            said = [f"{issue.row}: {issue.message}" for issue in error.issues]
            return self.again(problems=said, typed=lines)
        messages.success(request, "The roster is saved. The next run writes the rows after it.")
        return redirect("world_roster", self.project.pk, self.campaign.pk, self.phase.code)

    def _new(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {
                "table": table,
                "name": name,
                "line": _text(request, f"new.{table}.line", LINE),
                "position": LAST,
            }
            for table in self._coded()
            if (name := _text(request, f"new.{table}.name", NAME))
        ]


def _typed(request: HttpRequest, line: RosterLine) -> dict[str, Any]:
    """Put what was typed into the line, unsaved; its change, empty where nothing was changed."""
    typed = {
        "name": _text(request, f"{line.code}.name", NAME) or line.name,
        "line": _text(request, f"{line.code}.line", LINE),
        "position": _number(request, f"{line.code}.position", line.position),
        "is_dropped": f"{line.code}.drop" in request.POST,
    }
    change = {name: value for name, value in typed.items() if getattr(line, name) != value}
    for name, value in change.items():
        setattr(line, name, value)
    return {"code": line.code, **change} if change else {}


def _text(request: HttpRequest, name: str, limit: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:limit]


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 5 else otherwise
