"""The runs of a world: what each did, two of them side by side, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.errors import NotFound, StoryforgeError
from storyforge.jobs.models import Job
from storyforge.money.dollars import MICROS
from storyforge.projects.roles import Action
from worldgen.generations.world_rollback import ROLLBACK, ask_rollback, rollback_of
from worldgen.keeping.comparing import Difference, of_runs
from worldgen.keeping.rollback import work_out
from worldgen.models import GenerationRun, TableRun
from worldgen.pages.base import Changing, WorldPage
from worldgen.phases import tables
from worldgen.views.shown import words

MOST_RUNS = 50
MOST_ROWS = 40  # of a table and a kind of difference


class RunsPage(Changing, WorldPage):
    """All runs; with `run` what it changed, with `undo` what rolling it back would do."""

    template_name = "worlds/runs.html"
    needs = Action.VIEW_SECRETS
    needs_to_change = Action.GENERATE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        runs = list(self._runs().select_related("requested_by", "job")[:MOST_RUNS])
        figures = {
            row["phase_run__run"]: row
            for row in TableRun.objects.filter(phase_run__run__in=runs)
            .order_by()
            .values("phase_run__run")
            .annotate(calls=Count("pk"), cost=Sum("cost_micros"))
        }
        context |= {
            "runs": [
                (run, figures.get(run.pk, {}).get("calls", 0),
                 (figures.get(run.pk, {}).get("cost") or 0) / MICROS)
                for run in runs
            ],
            "ended": [run for run in runs if run.finished_at],
            **self._rollbacks(),
        }  # fmt: skip
        if shown := self._asked("run"):
            other = self._asked("against")
            context |= {
                "shown": shown,
                "other": other,
                "diff": _by_table(of_runs(shown, against=other)),
            }
        if undone := self._asked("undo"):
            context |= {"undone": undone, "report": _report(undone)}
        return context

    def _runs(self) -> Any:
        return GenerationRun.objects.filter(campaign=self.campaign).order_by("-created_at", "-pk")

    def _rollbacks(self) -> dict[str, Any]:
        """The runs that are being undone, and the last job that was to undo one, which says where it failed."""
        jobs = Job.objects.filter(project=self.project, kind=ROLLBACK)
        jobs = jobs.filter(target_id__in=self._runs().values("pk")).order_by("-created_at")
        last = list(jobs[:MOST_RUNS])
        undoing = {job.target_id for job in last if not job.is_terminal}
        return {"last_rollback": last[0] if last else None, "undoing": undoing}

    def _asked(self, name: str) -> GenerationRun | None:
        return self._found(self.request.GET.get(name, ""))

    def _found(self, wanted: str) -> GenerationRun | None:
        if not wanted:
            return None
        try:
            found = self._runs().filter(pk=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is None:
            raise NotFound
        found.campaign = self.campaign
        run: GenerationRun = found
        return run

    def change(self, request: HttpRequest) -> HttpResponse:
        """Have a run rolled back, by a job as over the API: a world may be large."""
        run = self._found(request.POST.get("undo", ""))
        if run is None:
            raise NotFound
        try:
            if rollback_of(run) is None:
                ask_rollback(run, actor=self.user)
        except StoryforgeError as error:
            messages.error(request, error.message)
        else:
            messages.info(request, "The way back was asked for. All rows change at once, or none.")
        return redirect("world_runs", self.project.pk, self.campaign.pk)


def _report(run: GenerationRun) -> list[tuple[str, int, int, int]]:
    """Table in words: rows that would go, get their old state back, and stay."""
    report = work_out(run).report()
    kinds = [report["removed"], report["restored"], report["kept"]]
    return [
        (words(table), *(kind.get(table, 0) for kind in kinds))
        for table in tables()
        if any(table in kind for kind in kinds)
    ]


def _by_table(found: Difference) -> list[dict[str, Any]]:
    """The differences of each table that has some: rows that came and went, fields that changed."""
    return [
        {
            "label": words(table),
            "added": _names(found.added.get(table, {})),
            "dropped": _names(found.dropped.get(table, {})),
            "changed": [
                (
                    key,
                    [(words(name), _text(old), _text(new)) for name, (old, new) in fields.items()],
                )
                for key, fields in list(found.changed.get(table, {}).items())[:MOST_ROWS]
            ],
            "count": sum(
                len(kind.get(table, {})) for kind in (found.added, found.changed, found.dropped)
            ),
        }
        for table in tables()
        if table in found.added or table in found.changed or table in found.dropped
    ]


def _names(rows: dict[str, Any]) -> list[str]:
    shown = [str(row.get("name") or key.replace("|", ", ")) for key, row in rows.items()]
    more = len(shown) - MOST_ROWS
    return [*shown[:MOST_ROWS], *([f"and {more} more"] if more > 0 else [])]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{words(key).lower()} {_text(item)}" for key, item in value.items())
    return "nothing" if value in (None, "") else str(value)
