"""The staff's own site: on a path of its own, only with a second factor, and over every project."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse

from storyforge.accounts import second_factor
from storyforge.core.acting import Door, acting_as

View = Callable[..., HttpResponseBase]


class StaffSite(AdminSite):
    """Django's admin behind our own sign-in."""

    site_header = site_title = "Storyforge staff"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.was_shown(request)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """To our sign-in; staff without a second factor to where one is set up."""
        if request.user.is_authenticated and request.user.is_staff:
            return redirect("security")
        return redirect(f"{reverse('sign_in')}?next={reverse('admin:index')}")

    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Open the admin's door for whom the site lets in, until the page is written."""

        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with acting_as(request.user.pk, door=Door.ADMIN):
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return super().admin_view(cast("Any", inside), cacheable)
