"""Row-level security and composite foreign keys for every table of a project, written from the models.

`masonry.build` runs after each `migrate` and changes what differs, so a new model is walled by being declared.
A table is walled when its model has a `project`, or hangs on a walled row by a foreign key that is never
empty (a job's events, the join table of a many-to-many). Those get a hidden column `project_id`, which a
trigger copies from the row they hang on, so that all tables have the same rules:

* who may read and who may write is the role table's word (`roles.ALLOWED`); a model may ask for more than seeing and
  editing (`walled_for`), and let whoever has the address in one of its columns read and delete it (`addressee`);
* a foreign key reaches only rows of its own project, below row security, which foreign keys pass by.

What is a person's own and of no project (`PERSONAL`) has a wall of that person instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.utils import truncate_name

from storyforge.core.acting import Door
from storyforge.projects.models import Membership, Project
from storyforge.projects.roles import Action

#: Models that name a row of a project and have no wall, and why.
OPEN: dict[str, str] = {
    Membership._meta.label: "the walls ask it; it holds ids and roles only",
    "jobs.ProviderCall": "figures for the engine and the admin; it outlives its job",
}
#: Models whose rows are one person's, whatever the project, and the key to them: nobody else is shown one.
PERSONAL: dict[str, str] = {
    "jobs.IdempotencyKey": "actor",  # it holds the answer, and may outlive its job
}
NAME_LENGTH = 63  # of PostgreSQL's names


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A foreign key between two walled tables."""

    table: str
    column: str
    to: str

    @property
    def name(self) -> str:
        return truncate_name(f"wall_{self.table}_{self.column}", NAME_LENGTH)


@dataclass(frozen=True, kw_only=True)
class Wall:
    """What protects one table."""

    model: type[models.Model]
    parent: models.ForeignKey[Any, Any] | None  # the row whose project it shares, if it names none
    person: str = ""  # the column of whose row it is, if it is a person's

    @cached_property
    def table(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def doors(self) -> tuple[Door, ...]:
        """The doors this table honors besides the admin's: those of the row it hangs on."""
        if self.parent is not None:
            return wall_of(self.parent.related_model).doors
        return getattr(self.model, "doors", ())

    @cached_property
    def needs(self) -> tuple[Action, Action]:
        """What its rows are read and written with."""
        return getattr(self.model, "walled_for", (Action.VIEW, Action.EDIT))

    @cached_property
    def links(self) -> list[Link]:
        """Its foreign keys to rows of a project."""
        return [
            Link(table=self.table, column=f.column, to=f.related_model._meta.db_table)
            for f in _foreign_keys(self.model)
            if not self.person and f.related_model is not Project and is_walled(f.related_model)
        ]


def is_walled(model: type[models.Model]) -> bool:
    """Whether rows of this model belong to a project, as far as the model says."""
    return model is Project or _own_project(model) is not None or _parent(model) is not None


def wall_of(model: type[models.Model]) -> Wall:
    """The wall of a walled model."""
    own = model is Project or _own_project(model) is not None
    return Wall(model=model, parent=None if own else _parent(model))


def walls() -> list[Wall]:
    """One for each walled table, parents before those that hang on them."""
    found = [wall_of(m) for m in _models() if is_walled(m)]
    return sorted(found, key=lambda wall: (_depth(wall), wall.table))


def personal_walls() -> list[Wall]:
    """One for each table of rows that are one person's."""
    return [
        Wall(model=m, parent=None, person=field.column)
        for m in _models()
        for field in _foreign_keys(m)
        if field.name == PERSONAL.get(m._meta.label)
    ]


def unwalled() -> list[str]:
    """Labels of the models that name a row of a project without a wall; `OPEN` says why."""
    known = [m for m in _models() if not is_walled(m) and m._meta.label not in PERSONAL]
    bare = [m for m in known if _names_a_walled_row(m)]
    return sorted(m._meta.label for m in bare)


def _models() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy]


def _foreign_keys(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.local_concrete_fields if f.is_relation]


def _own_project(model: type[models.Model]) -> Any:
    """The model's field `project`, if it is a foreign key to one."""
    if model._meta.label in OPEN:
        return None
    fields = _foreign_keys(model)
    return next((f for f in fields if f.name == "project" and f.related_model is Project), None)


def _parent(model: type[models.Model]) -> Any:
    if model._meta.label in OPEN:
        return None
    return next(
        (
            f
            for f in _foreign_keys(model)
            if not f.null
            and f.related_model is not model
            and f.related_model is not Project
            and is_walled(f.related_model)
        ),
        None,
    )


def _names_a_walled_row(model: type[models.Model]) -> bool:
    return any(is_walled(f.related_model) for f in _foreign_keys(model))


def _depth(wall: Wall) -> int:
    return 0 if wall.parent is None else 1 + _depth(wall_of(wall.parent.related_model))
