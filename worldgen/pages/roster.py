"""The roster of a phase: names and single lines before the details, the cheapest place to steer a world."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import NotFound
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.lines import Wish, change_lines
from worldgen.models import RosterLine
from worldgen.pages.base import WorldPage
from worldgen.shown import words

NAME, LINE = 80, 200  # as long as the columns
MOST_LINES = 400


class RosterPage(WorldPage):
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
        coded = [t for t in self.phase.tables if phases.tables()[t].code_prefix]
        by_table: dict[str, list[Any]] = {table: [] for table in coded}
        if "wishes" in context:
            for wish in context["wishes"]:
                by_table[wish.table].append(wish)
        else:
            for line in self._lines():
                by_table[line.table_name].append(line)
        context |= {
            "phase": self.phase,
            "phases": [p for p in phases.PHASES if p.has_roster],
            "tables": [(table, words(table), lines) for table, lines in by_table.items()],
        }
        return context

    def _lines(self) -> list[RosterLine]:
        rows = RosterLine.objects.filter(
            campaign=self.campaign, table_name__in=self.phase.tables
        ).order_by("table_name", "position", "code")
        return list(rows[:MOST_LINES])

    def change(self, request: HttpRequest) -> HttpResponse:
        """Save every line of the form."""
        wishes = [*self._kept(request), *self._new(request)]
        if issues := change_lines(self.campaign, self.phase.code, wishes):
            said = [f"{issue.row}: {issue.message}" for issue in issues]
            return self.again(problems=said, wishes=[w for w in wishes if w.code])
        messages.success(request, "The roster is saved. The next run writes the rows after it.")
        return redirect("world_roster", self.project.pk, self.campaign.pk, self.phase.code)

    def _kept(self, request: HttpRequest) -> list[Wish]:
        return [
            Wish(
                table=line.table_name,
                code=line.code,
                name=_text(request, f"{line.code}.name", NAME) or line.name,
                line=_text(request, f"{line.code}.line", LINE),
                position=_number(request, f"{line.code}.position", line.position),
                is_dropped=f"{line.code}.drop" in request.POST,
            )
            for line in self._lines()
            if f"{line.code}.name" in request.POST
        ]

    def _new(self, request: HttpRequest) -> list[Wish]:
        return [
            Wish(
                table=table, name=name, line=_text(request, f"new.{table}.line", LINE), position=999
            )
            for table in self.phase.tables
            if (name := _text(request, f"new.{table}.name", NAME))
        ]


def _text(request: HttpRequest, name: str, limit: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:limit]


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 5 else otherwise
