"""How long messages are kept."""

from __future__ import annotations

from django.db.models.functions import Now

from storyforge.jobs.models.row import KEPT
from storyforge.jobs.upkeep import delete_batch
from storyforge.webhooks.models import Delivery


def purge() -> int:
    """Delete a batch of messages that ended as long ago as the jobs that are kept no longer; how many.

    A message that was sent again counts from then. One that still waits stays.
    """
    ended = Delivery.objects.exclude(status=Delivery.Status.PENDING)
    return delete_batch(ended.filter(updated_at__lt=Now() - KEPT))
