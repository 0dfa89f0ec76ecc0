"""What a job works on, as the one who asked may still reach it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists

from storyforge.accounts.models import User
from storyforge.jobs.errors import PermissionRevoked, TargetGone
from storyforge.jobs.models import Job
from storyforge.projects.access import may
from storyforge.projects.roles import Action


def load_target(job: Job, rows: Any, action: Action) -> Any:
    """The row of `rows` the job is about; raises `PermissionRevoked` or `TargetGone`.

    One statement where all is well: role, account and row are asked together.
    """
    actor = User(pk=job.actor_id)
    active = User.objects.filter(pk=actor.pk, is_active=True)
    mine = rows.allowed_to(actor, action).filter(Exists(active))
    target = mine.filter(project=job.project_id, pk=job.target_id).order_by().first()
    if target is None:
        allowed = active.exists() and may(actor, action, job.project_id)
        raise TargetGone if allowed else PermissionRevoked
    return target


def lock_target(target: Any) -> Any:
    """The same row as it is now, locked until the transaction ends; raises `TargetGone`."""
    row = type(target)._default_manager.select_for_update().filter(pk=target.pk).first()
    if row is None:
        raise TargetGone
    return row
