"""What one's account has spent, and the budgets of one's projects."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.accounts.models import User
from storyforge.core.csv_files import write_csv
from storyforge.core.downloads import File, link, offers
from storyforge.core.errors import StoryforgeError
from storyforge.money.dollars import MICROS, micros_of
from storyforge.money.models import Quota
from storyforge.money.quotas import set_budget
from storyforge.money.usage import entries_of, usage_of
from storyforge.projects.access import require
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from storyforge.web.pages import StudioPage

COLUMNS = (
    "at", "project", "job", "step", "outcome", "model", "tokens in", "tokens out", "dollars"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgeted:
    """A project and its budget, if it ever had one."""

    project: Project
    budget: Quota | None

    @property
    def spent(self) -> float:
        """US dollars since the first budget."""
        return self.budget.spent_micros / MICROS if self.budget else 0.0

    @property
    def dollars(self) -> str:
        """The limit as it stands in the form."""
        limit = self.budget.limit_micros if self.budget else None
        return "" if limit is None else f"{limit / MICROS:.2f}"


class UsagePage(StudioPage):
    """This month and today, each entry of the ledger, and budgets to set."""

    template_name = "accounts/usage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        usage = usage_of(self.user.pk)
        entries = entries_of(self.user).order_by("-at", "-pk")
        page = Paginator(entries, 20).get_page(self.request.GET.get("page"))
        budgets = {row.project_id: row for row in usage.budgets}
        projects = Project.objects.filter(owner=self.user.pk)[:100]
        own = [Budgeted(project=each, budget=budgets.get(each.pk)) for each in projects]
        context |= {"usage": usage, "page": page, "own_projects": own}
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set the budget of a project from its form; an empty field takes the limit away."""
        project, dollars = request.POST.get("project", ""), request.POST.get("dollars", "").strip()
        require(self.user, Action.ADMIN, project)
        try:
            set_budget(self.user.pk, UUID(project), micros_of(dollars))
        except StoryforgeError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, "The budget is set." if dollars else "There is no limit now.")
        return redirect("my_usage")


class UsageFilePage(StudioPage):
    """A fresh link to every entry of one's ledger as CSV."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(link(self.user, "usage"))


@offers("usage")
def usage_file(user: User) -> File:
    """Each call to a model that was booked on the user's account, oldest first, with its cost in US dollars."""
    entries = entries_of(user).order_by("at", "pk")
    rows = (
        (
            entry.at.isoformat(timespec="seconds"), entry.project_id, entry.job_id, entry.step,
            entry.outcome, entry.model, entry.input_tokens, entry.output_tokens,
            Decimal(entry.charged_micros) / MICROS,
        )
        for entry in entries.iterator(chunk_size=2_000)
    )  # fmt: skip
    return File(
        filename="storyforge-usage.csv",
        media_type="text/csv; charset=utf-8",
        content=write_csv(COLUMNS, rows),
    )
