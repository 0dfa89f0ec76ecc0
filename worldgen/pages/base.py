"""What all pages of a world share: the campaign, and how its reader sees it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from storyforge.projects.access import get_visible, require
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from storyforge.web.pages import ProjectPage
from worldgen.models import Campaign
from worldgen.views.reader import Reader


class ChangingPage(ProjectPage):
    """A page of a project with a form; `needs` to be opened, `needs_to_change` to be sent."""

    needs = Action.VIEW
    needs_to_change = Action.EDIT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.open(self.needs)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the role, then change what the form says."""
        self.open(self.needs_to_change)
        return self.change(request)

    def open(self, action: Action) -> None:
        """Find the project; raises `NotFound` for strangers, `RoleTooLow` for members without the role."""
        self.project = get_visible(Project.objects.all(), self.user, pk=self.kwargs["project_pk"])
        require(self.user, action, self.project.pk)

    def change(self, request: HttpRequest) -> HttpResponse:
        """What the form does."""
        raise NotImplementedError

    def again(self, **context: Any) -> HttpResponse:
        """The page once more, with what was typed and why it was refused."""
        answer = self.render_to_response(self.get_context_data(**self.kwargs, **context))
        answer.status_code = 422
        return answer


class WorldPage(ChangingPage):
    """A page of one campaign: `campaign`, and `reader` for whoever looks."""

    campaign: Campaign
    reader: Reader

    def open(self, action: Action) -> None:
        """Find the campaign too."""
        super().open(action)
        self.campaign = self.visible(Campaign.objects.all(), pk=self.kwargs["pk"])
        self.campaign.project = self.project
        self.reader = Reader(self.campaign, self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "campaign": self.campaign, "sees_all": self.reader.sees_all}
