"""The few access functions that views and pages share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from storyforge.core.errors import NotFound, RoleTooLow
from storyforge.core.prepared import Prepared
from storyforge.core.rows import Columns
from storyforge.projects.models import Membership, Project, ProjectContent
from storyforge.projects.roles import ALLOWED, Action, Role

if TYPE_CHECKING:
    from storyforge.projects.models import Actor

Row = TypeVar("Row", Project, ProjectContent)
Content = TypeVar("Content", bound=ProjectContent)

# What `allowed_to` asks, for statements that are written out: rows of `content` that a member with one of
# the roles (`roles_for`) may reach.
MEMBER = """
JOIN projects_membership member
  ON member.project_id = content.project_id AND member.user_id = %(user)s AND member.role = ANY(%(roles)s)
"""
SEEN = """
SELECT member.role, {project}, {row} FROM {table} content {member}
JOIN projects_project project ON project.id = content.project_id
WHERE content.id = %(pk)s
"""  # each wish for a job begins with this


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


def roles_for(action: Action) -> list[str]:
    """The roles that may do this, as `MEMBER` wants them."""
    return [str(role) for role in ALLOWED[action]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen(Generic[Content]):
    """A row with its project, as somebody sees it who has this role there."""

    row: Content
    role: Role

    def require(self, action: Action) -> None:
        """Raise `RoleTooLow` where the role is not enough."""
        if self.role not in ALLOWED[action]:
            raise RoleTooLow


def see(model: type[Content], user: Actor, pk: object) -> Seen[Content]:
    """What `get_visible` finds of this model by key, its project and the role, in one statement."""
    statement, project, row = _shapes(model)
    try:
        key = model._meta.pk.to_python(pk)
    except ValidationError as error:  # an id that is no UUID belongs to nothing
        raise NotFound from error
    found = statement.one(user=user.pk, roles=roles_for(Action.VIEW), pk=key)
    if found is None:
        raise NotFound
    seen = row.row(found[1 + len(project) :])
    seen.project = project.row(found[1 : 1 + len(project)])
    return Seen(row=seen, role=Role(found[0]))


@cache
def _shapes(model: type[Content]) -> tuple[Prepared, Columns[Project], Columns[Content]]:
    project, row = Columns(Project, "project"), Columns(model, "content")
    table = model._meta.db_table
    seen = SEEN.format(project=project.sql, row=row.sql, table=f'"{table}"', member=MEMBER)
    return Prepared(f"see_{model._meta.model_name}", seen), project, row
