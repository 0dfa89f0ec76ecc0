"""What pages of every app share: signed in, inside a project, errors as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView

from storyforge.core.errors import NotFound, RoleTooLow
from storyforge.jobs.models import Job
from storyforge.projects.access import get_visible, may
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Action

if TYPE_CHECKING:
    from storyforge.accounts.models import User


class StudioPage(LoginRequiredMixin, TemplateView):
    """A page for somebody signed in. Our refusals become its 404 and 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error
        except RoleTooLow as error:
            raise PermissionDenied from error

    @property
    def user(self) -> User:
        user: User = self.request.user
        return user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["my_projects"] = Project.objects.allowed_to(self.user, Action.VIEW)[:20]
        return context


class ProjectPage(StudioPage):
    """A page inside a project: `project`, what one may do there, and its unfinished jobs."""

    project: Project

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.project = get_visible(Project.objects.all(), request.user, pk=kwargs["project_pk"])
        return super().get(request, *args, **kwargs)

    def visible(self, rows: Any, **lookup: Any) -> Any:
        """The one row of this project the user may see."""
        return get_visible(rows, self.request.user, project=self.project.pk, **lookup)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        member = Membership.objects.filter(project=self.project, user=self.user).first()
        context |= {
            "project": self.project,
            "role": member.role if member else "",
            "can_edit": may(self.user, Action.EDIT, self.project.pk),
            "can_generate": may(self.user, Action.GENERATE, self.project.pk),
            "active_jobs": unfinished_jobs(self.project),
        }
        return context


def unfinished_jobs(project: Project) -> Any:
    """The project's live jobs, oldest first; a run stands for its units."""
    rows = Job.objects.filter(project=project, status__in=Job.UNFINISHED, parent=None)
    return rows.order_by("created_at")
