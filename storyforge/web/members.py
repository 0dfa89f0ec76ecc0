"""Who is in a project, who is invited, and the page behind the link of an invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from storyforge.accounts.errors import LinkDead
from storyforge.projects import invitations
from storyforge.projects.models import Membership
from storyforge.projects.roles import GIVEN, Role
from storyforge.web.pages import ProjectPage, StudioPage


class MembersPage(ProjectPage):
    """For all members; the owner also invites, changes roles and removes people."""

    template_name = "projects/members.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = Membership.objects.filter(project=self.project).select_related("user")
        context |= {"rows": rows.order_by("pk"), "given": GIVEN}
        if context["role"] == Role.OWNER:
            context["invitations"] = invitations.pending(self.project.pk)
        return context


@method_decorator(never_cache, name="dispatch")
class InvitationPage(StudioPage):
    """An invitation to say yes to. By a form, since mail programs follow links by themselves."""

    template_name = "projects/invitation.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.invitation = invitations.of_link(self.user, kwargs["token"])
        except LinkDead as error:
            return render(request, "projects/invitation_dead.html", status=error.status)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"invitation": self.invitation}

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            member = invitations.accept(request, self.user, token)
        except LinkDead as error:
            return render(request, "projects/invitation_dead.html", status=error.status)
        messages.success(request, "You are in.")
        return redirect("project", member.project_id)
