"""Files that packages offer, under links made for one person."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from storyforge.core.downloads import attachment, opened
from storyforge.projects.access import get_visible
from storyforge.projects.models import Project
from storyforge.web.pages import ProjectPage, StudioPage


class FilePage(StudioPage):
    """The file of a link, for whom it was made and while it is good; else there is nothing here."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return attachment(opened(self.user, kwargs["token"]))


class FileDoor(ProjectPage, ABC):
    """The lasting address of a project's file: leads to a fresh link, so no page holds one that ends."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.project = get_visible(Project.objects.all(), self.user, pk=kwargs["project_pk"])
        return redirect(self.link())

    @abstractmethod
    def link(self) -> str:
        """A fresh link; raises `NotFound` for what the user may not see."""
