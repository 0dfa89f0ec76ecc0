"""Home, a project, its jobs, and the account's tokens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from storyforge.accounts.models import APIToken
from storyforge.core.errors import NotFound
from storyforge.generation.models import Receipt
from storyforge.generation.reading import readable
from storyforge.jobs import registry
from storyforge.jobs.costs import cost_of, of_units
from storyforge.jobs.models import Job
from storyforge.money.dollars import MICROS
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from storyforge.web.pages import ProjectPage, StudioPage

NAME_LENGTH = 200


class ProjectsPage(StudioPage):
    """All one's projects."""

    template_name = "projects/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["projects"] = Project.objects.allowed_to(self.user, Action.VIEW)[:100]
        return context


@login_required
@require_POST
def start_project(request: HttpRequest) -> HttpResponse:
    """Make a project from the form on the home page."""
    name = request.POST.get("name", "").replace("\0", "").strip()[:NAME_LENGTH]
    project = Project.start(request.user, name=name or "Untitled project")  # type: ignore[arg-type]
    return redirect("project", project.pk)


class JobsPage(ProjectPage):
    """Everything slow that was asked for here; a run stands for its units."""

    template_name = "jobs/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        jobs = Job.objects.filter(project=self.project, parent=None).select_related("actor")
        status = self.request.GET.get("status", "")
        if status in Job.Status.values:
            jobs = jobs.filter(status=status)
        page = Paginator(jobs.order_by("-created_at"), 20).get_page(self.request.GET.get("page"))
        context |= {"page": page, "jobs": list(page), "status": status, "statuses": Job.Status}
        for job in context["jobs"]:
            job.label = registry.label(job.kind)
        return context


class JobPage(ProjectPage):
    """One job: steps, units, events, receipts, error."""

    template_name = "jobs/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        jobs = Job.objects.filter(project=self.project).select_related("parent")
        job = jobs.filter(pk=self.kwargs["pk"]).first()
        if job is None:
            raise NotFound
        used = cost_of(job, of_units([job]))
        context |= {
            "job": job,
            "label": registry.label(job.kind),
            "run_label": registry.label(job.parent.kind) if job.parent else "",
            "units": self._units(job),
            "used": used,
            "cost": f"${used.spent_micros / MICROS:.4f}",
            "steps": job.steps.order_by("pk")[:200],
            "events": job.events.exclude(type="job.delta").order_by("-seq")[:50],
            "receipts": readable(self.user, Receipt.objects.filter(job=job)),
        }
        return context

    def _units(self, job: Job) -> Page[Job] | None:
        """A page of a run's units: what failed, what is at work, then the rest, as they were planned."""
        if not job.is_run:
            return None
        first = Case(When(status="failed", then=0), When(status="running", then=1), default=2)
        units = job.units.defer("input", "result").order_by(first, "created_at", "unit_key")
        page = Paginator(units, 50).get_page(self.request.GET.get("page"))
        for unit in page:
            unit.label = registry.label(unit.kind)
        return page


class TokensPage(StudioPage):
    """One's API tokens."""

    template_name = "accounts/tokens.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["tokens"] = APIToken.objects.filter(user=self.user).order_by("-created_at")
        context["scopes"] = APIToken.Scope
        return context
