"""The few access functions that views and pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from storyforge.core.errors import NotFound, RoleTooLow
from storyforge.projects.models import Membership, Project, ProjectContent
from storyforge.projects.roles import Action

if TYPE_CHECKING:
    from storyforge.projects.models import Actor

Row = TypeVar("Row", Project, ProjectContent)


def may(user: Actor, action: Action, project_id: UUID | str | None) -> bool:
    """Whether the user's role in this project allows the action; in no project nobody has one."""
    try:
        own = Membership.granted(user, action)
        return project_id is not None and own.filter(project_id=project_id).exists()
    except ValidationError:  # no UUID: nobody may do anything in it
        return False


def require(user: Actor, action: Action, project_id: UUID | str) -> None:
    """Raise `NotFound` for strangers and `RoleTooLow` for members whose role is not enough."""
    if may(user, action, project_id):
        return
    if may(user, Action.VIEW, project_id):
        raise RoleTooLow
    raise NotFound


def get_visible(rows: QuerySet[Row], user: Actor, **lookup: object) -> Row:
    """The one row the user may see; missing and hidden raise the same `NotFound`."""
    visible = rows.allowed_to(user, Action.VIEW)  # type: ignore[attr-defined]
    try:
        row = visible.filter(**lookup).first()
    except ValidationError as error:  # an id that is no UUID belongs to nothing
        raise NotFound from error
    if row is None:
        raise NotFound
    found: Row = row
    return found
