"""From an address to a member: nobody is in a project who did not say yes.

Whoever invites learns nothing of who has an account: each address gets the same row, the same letter and the same
answer. The letter says no word that the inviting person chose, since it goes to strangers in our name.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from storyforge.accounts import audit
from storyforge.accounts.belongings import goes_along
from storyforge.accounts.errors import LinkDead
from storyforge.accounts.links import absolute
from storyforge.accounts.mail import is_too_much, post, write
from storyforge.accounts.models import User
from storyforge.core.errors import NotFound, StateConflict
from storyforge.core.rates import RateLimited
from storyforge.projects.models import Invitation, Membership, Project
from storyforge.projects.roles import Role

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 50  # of one project at a time: a letter each
SALT = "storyforge.projects.invitations"


def invite(
    request: HttpRequest, person: User, project_id: str, *, email: str, role: str
) -> Invitation:
    """Write to an address; a link sent there before is dead from now on.

    Raises `StateConflict` for members, whose addresses the owner sees anyway, and for too many open ones;
    `RateLimited` where the address got so many letters lately that one more would be a nuisance.
    """
    email = email.lower()
    if is_too_much(email):
        raise RateLimited("This address got many letters from here lately. Try again in an hour.")
    with transaction.atomic():
        # One at a time: two to one address would both write its row, and many pass the most that may be open.
        project = Project.objects.select_for_update().get(pk=project_id)
        if Membership.objects.filter(project=project, user__email=email).exists():
            raise StateConflict("This person is in the project already.")
        Invitation.objects.filter(project=project, email=email).delete()
        if pending(project_id).count() >= MOST_OPEN:
            raise StateConflict(f"{MOST_OPEN} invitations are open. Revoke one first.")
        row = Invitation.objects.create(
            project=project,
            project_name=project.name,
            invited_by=person,
            email=email,
            role=role,
            expires_at=timezone.now() + GOOD_FOR,
        )
    context = {"row": row, "by": person, "link": absolute(request, path_of(row))}
    letter = write(User(email=email), "invited", **context)
    audit.note(request, "invitation.sent")
    post.send(letter)
    return row


def pending(project_id: UUID | str) -> QuerySet[Invitation]:
    """Those that can still be accepted, newest first; for who may administer the project."""
    rows = Invitation.objects.filter(project=UUID(str(project_id)), expires_at__gt=Now())
    return rows.order_by("-created_at")


def revoke(project_id: str, pk: str) -> None:
    """Take an invitation back; raises `NotFound` where it is none, or was accepted meanwhile."""
    try:
        deleted, _ = Invitation.objects.filter(project=UUID(project_id), pk=UUID(pk)).delete()
    except ValueError as error:  # an id that is no UUID belongs to nothing
        raise NotFound from error
    if not deleted:
        raise NotFound


def path_of(row: Invitation) -> str:
    """The path in the letter."""
    return reverse("invitation", args=[_signer().sign(str(row.pk))])


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")


def of_link(user: User, token: str) -> Invitation:
    """The open invitation of a link, for whose address it is.

    Raises `LinkDead`, the same where it was used, revoked, is old, made up or somebody else's.
    """
    try:
        pk = _signer().unsign(token)
    except signing.BadSignature as error:
        raise LinkDead from error
    rows = Invitation.objects.filter(pk=pk, email=user.email, expires_at__gt=Now())
    row: Invitation | None = rows.select_related("invited_by").first()
    if row is None:
        raise LinkDead
    return row


def accept(request: HttpRequest, user: User, token: str) -> Membership:
    """Become a member; raises `LinkDead` as `of_link` does. Of two at the same moment one is first."""
    row = of_link(user, token)
    with transaction.atomic():
        deleted, _ = Invitation.objects.filter(pk=row.pk, role=row.role).delete()
        if not deleted:
            raise LinkDead
        member, _ = Membership.objects.get_or_create(
            project_id=row.project_id, user=user, defaults={"role": Role(row.role)}
        )
    audit.note(request, "invitation.accepted", person=user)
    return member


@goes_along
def addressed_to(user: User) -> QuerySet[Invitation]:
    """Others' invitations hold the person's address, and no key to them."""
    return Invitation.objects.filter(email=user.email)


def purge() -> int:
    """Delete some that nobody can accept any more; how many."""
    old = Invitation.objects.filter(expires_at__lt=Now()).order_by("pk").values("pk")[:1_000]
    deleted: int = Invitation.objects.filter(pk__in=old).delete()[0]
    return deleted
