"""The page of a project's webhooks: addresses, their state, and what was told."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from storyforge.projects.access import require
from storyforge.projects.roles import Action
from storyforge.web.pages import ProjectPage
from storyforge.webhooks.models import Delivery, Endpoint, Event


class WebhooksPage(ProjectPage):
    """For the owner alone: an address often is a secret itself."""

    template_name = "webhooks/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        require(self.user, Action.ADMIN, self.project.pk)
        deliveries = Delivery.objects.filter(project=self.project).select_related("endpoint")
        page = Paginator(deliveries.order_by("-created_at"), 20).get_page(
            self.request.GET.get("page")
        )
        context |= {
            "endpoints": Endpoint.objects.filter(project=self.project).order_by("created_at"),
            "events": Event,
            "page": page,
            "deliveries": list(page),
        }
        return context
