"""The page of one's own key for a provider of models."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from storyforge.accounts.models import ProviderKey
from storyforge.web.pages import StudioPage


class ProviderKeyPage(StudioPage):
    """What is stored, never the key itself."""

    template_name = "accounts/provider_key.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mine = ProviderKey.objects.filter(user=self.user).defer("key").order_by("-pk")
        context |= {
            "key": mine.first(),
            "usable": ProviderKey.pays_for(self.user.pk),
            "endpoints": settings.AI_KEY_ENDPOINTS,
            "model": settings.AI_TEXT_MODEL,
        }
        return context
