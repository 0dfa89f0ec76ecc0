"""What all pages of a world share: the campaign, and how its reader sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse

from storyforge.core.errors import NotFound
from storyforge.projects.access import get_visible, require
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from storyforge.web.pages import ProjectPage
from worldgen.models import Campaign
from worldgen.phases import tables
from worldgen.views.reader import Reader


class OpenPage(ProjectPage):
    """A page of a project for those who may do what it `needs`."""

    needs = Action.VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.open(self.needs)
        return super().get(request, *args, **kwargs)

    def open(self, action: Action) -> None:
        """Find the project; raises `NotFound` for strangers, `RoleTooLow` for members without the role."""
        self.project = get_visible(Project.objects.all(), self.user, pk=self.kwargs["project_pk"])
        require(self.user, action, self.project.pk)


class Changing(OpenPage, ABC):
    """A page with a form: whoever sends it needs `needs_to_change`."""

    needs_to_change = Action.EDIT

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the role, then change what the form says."""
        self.open(self.needs_to_change)
        return self.change(request)

    @abstractmethod
    def change(self, request: HttpRequest) -> HttpResponse:
        """What the form does."""

    def again(self, **context: Any) -> HttpResponse:
        """The page once more, with what was typed and why it was refused."""
        answer = self.render_to_response(self.get_context_data(**self.kwargs, **context))
        answer.status_code = 422
        return answer


class WorldPage(OpenPage):
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


class WorldTablePage(WorldPage):
    """A page about one table of the world: `table`, its name."""

    table: str

    def open(self, action: Action) -> None:
        """Find the table too."""
        super().open(action)
        self.table = self.kwargs["table"]
        if self.table not in tables():
            raise NotFound
