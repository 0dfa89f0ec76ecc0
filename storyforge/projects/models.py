"""The tenancy root. Every row of a user's content hangs on exactly one project."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction

from storyforge.projects.roles import ALLOWED, GIVEN, Action, Role

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.contrib.auth.models import AnonymousUser

    from storyforge.accounts.models import User

    Actor: TypeAlias = User | AnonymousUser


class ProjectQuerySet(models.QuerySet["Project"]):
    def allowed_to(self, user: Actor, action: Action) -> Self:
        """Only the projects in which the user's role allows the action."""
        return self.filter(pk__in=Membership.granted(user, action))


class Project(models.Model):
    """The tenancy root: every piece of content belongs to exactly one project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2_000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        editable=False,
        help_text="Pays for the jobs of this project.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def start(cls, owner: User, *, name: str, **fields: Any) -> Project:
        """Make a project together with its owner's membership."""
        with transaction.atomic():
            project = cls.objects.create(owner=owner, name=name, **fields)
            Membership.objects.create(project=project, user=owner, role=Role.OWNER)
        return project


class Membership(models.Model):
    """What one user may do in one project."""

    # The database deletes a membership with its project, and so last: whoever deletes a project needs
    # theirs until all of its rows are gone.
    project = models.ForeignKey(Project, models.DO_NOTHING, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_member"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(role=Role.OWNER), name="one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"

    @classmethod
    def granted(cls, user: Actor, action: Action) -> models.QuerySet[Membership, UUID]:
        """The ids of the projects in which the user's role allows the action, as a subquery."""
        mine = cls.objects.filter(user=user.pk, role__in=ALLOWED[action])
        return mine.values_list("project_id", flat=True)


class ContentQuerySet(models.QuerySet[Any]):
    def allowed_to(self, user: Actor, action: Action) -> Self:
        """Only the rows of projects in which the user's role allows the action."""
        return self.filter(project__in=Membership.granted(user, action))


class ProjectContent(models.Model):
    """Base class of every model that holds a user's content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        abstract = True


class Invitation(ProjectContent):
    """An address that was asked into a project, until it is accepted, revoked or over.

    Walled for the owner, and for whoever has the address. `project_name` is what the project was called then:
    the invited person sees no row of it yet.
    """

    walled_for: ClassVar = (Action.ADMIN, Action.ADMIN)
    addressee: ClassVar = "email"

    email = models.EmailField(help_text="In lower case.")
    role = models.CharField(max_length=20, choices=GIVEN)
    project_name = models.CharField(max_length=200, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "email"], name="one_invitation_an_address")
        ]
        indexes = [
            models.Index(fields=["email"], name="invitation_email"),
            models.Index(fields=["expires_at"], name="invitation_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.role}"
