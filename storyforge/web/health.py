"""What operators see of the installation's health, by the same proof as the staff's site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from storyforge.accounts import second_factor
from storyforge.core.health import check_broker, check_database
from storyforge.core.problems import api_error


def detailed(request: HttpRequest) -> JsonResponse:
    """Everything, for staff who have shown a second factor."""
    if not second_factor.of_staff(request):
        return api_error(request, "not_found", 404, "There is nothing here.")
    findings = [check_database(), check_broker()]
    body = {
        "status": "ok" if all(f.ok for f in findings) else "unavailable",
        "checks": [
            {"name": f.name, "ok": f.ok, "detail": f.detail, "ms": round(f.milliseconds, 1)}
            for f in findings
        ],
        "writer": "model" if settings.TEXT_PROVIDERS else "rules",
    }
    return JsonResponse(body)
