"""Which receipts somebody may read: what writers of secrets saw is not for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from storyforge.jobs import registry
from storyforge.projects.models import Project
from storyforge.projects.roles import Action

if TYPE_CHECKING:
    from storyforge.projects.models import Actor


def readable(user: Actor, receipts: QuerySet[Any]) -> QuerySet[Any]:
    """The receipts without those of secret kinds, where the user may not see secrets."""
    secret = Q()
    for prefix in registry.secret_kinds():
        secret |= Q(job__kind__startswith=prefix)
    if not secret:
        return receipts
    led = Project.objects.allowed_to(user, Action.VIEW_SECRETS)
    return receipts.filter(~secret | Q(project__in=led))
