"""The end of an account: what was one's own goes, what one did in others' projects names nobody."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from storyforge.accounts import audit, lockout, staff_log
from storyforge.accounts.belongings import named
from storyforge.accounts.mail import post, write
from storyforge.accounts.models import User
from storyforge.core.acting import Door, acting_as


def delete_account(request: HttpRequest, user: User) -> None:
    """Delete the person and everything of theirs, and send a last letter.

    Foreign keys do it: those of one's own rows cascade, those that say who did something in another's
    project become empty. The audit log knows people by `audit_id` alone, so its rows stay and name nobody.
    """
    audit.note(request, "account.deleted", person=user)
    goodbye = write(user, "deleted")
    with transaction.atomic():
        lockout.forget(request, user)
        remove(user)
    post.send(goodbye)


def remove(user: User) -> None:
    """The rows go, and the staff's log says no more whom it spoke of."""
    # Their name stands in projects they may only read, or have left: the walls would hide those rows.
    with acting_as(user.pk, door=Door.ADMIN), transaction.atomic():
        staff_log.forget(user)
        for rows in named(user):
            rows.delete()
        User.objects.get(pk=user.pk).delete()
