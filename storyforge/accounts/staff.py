"""The staff's own site: on a path of its own, and only with a second factor."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from storyforge.accounts import second_factor


class StaffSite(AdminSite):
    """Django's admin behind our own sign-in."""

    site_header = site_title = "Storyforge staff"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.was_shown(request)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """To our sign-in; staff without a second factor to where one is set up."""
        if request.user.is_authenticated and request.user.is_staff:
            return redirect("projects")
        return redirect(f"{reverse('sign_in')}?next={reverse('admin:index')}")
