"""What a job works on, as the one who asked may still reach it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models

from storyforge.accounts.models import User
from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns
from storyforge.jobs.errors import PermissionRevoked, TargetGone
from storyforge.jobs.models import Job
from storyforge.projects.access import MEMBER, may, roles_for
from storyforge.projects.models import ProjectContent
from storyforge.projects.roles import Action

REACHED = """
SELECT {row} FROM {table} content {member}
JOIN accounts_user actor ON actor.id = member.user_id AND actor.is_active
WHERE content.id = %(target)s AND content.project_id = %(project)s
"""
LOCKED = "SELECT {row} FROM {table} content WHERE content.id = %(target)s FOR UPDATE"


def load_target(job: Job, model: type[ProjectContent], action: Action) -> Any:
    """The row of this model the job is about; raises `PermissionRevoked` or `TargetGone`.

    One statement where all is well: role, account and row are asked together.
    """
    reached, row = _prepared(model, "reach", REACHED)
    values = reached.one(
        user=job.actor_id,
        roles=roles_for(action),
        target=job.target_id,
        project=job.project_id,
    )
    if values is None:
        actor = User(pk=job.actor_id)
        active = User.objects.filter(pk=actor.pk, is_active=True).exists()
        allowed = active and may(actor, action, job.project_id)
        raise TargetGone if allowed else PermissionRevoked
    return row.row(values)


def lock_target(target: Any) -> Any:
    """The same row as it is now, locked until the transaction ends; raises `TargetGone`."""
    model: type[models.Model] = type(target)
    locked, row = _prepared(model, "lock", LOCKED)
    values = locked.one(target=target.pk)
    if values is None:
        raise TargetGone
    return row.row(values)


@cache
def _prepared(
    model: type[models.Model], verb: str, text: str
) -> tuple[Prepared, Columns[models.Model]]:
    row = Columns(model, "content")
    table = f'"{model._meta.db_table}"'
    return Prepared(
        f"{verb}_{model._meta.model_name}", text.format(row=row.sql, table=table, member=MEMBER)
    ), row
