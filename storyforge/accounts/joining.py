"""Making an account, confirming its address, and a new password for a lost one.

What is answered says nothing about whether an address has an account: the same words, the same work. Only
the letter differs, and it goes to the address.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from storyforge.accounts import audit, links, lockout
from storyforge.accounts.errors import LinkDead, SignInRefused
from storyforge.accounts.mail import is_too_much, post, tell, write
from storyforge.accounts.models import User


def register(request: HttpRequest, *, email: str, password: str, name: str) -> None:
    """Make an account, or write to the one there is. The caller has checked the password.

    An account whose address nobody has confirmed yet is taken over by the next who registers it: only
    the owner of the address gets the link.
    """
    email = email.lower()
    encoded = make_password(password)
    confirmed = None if settings.EMAIL_CONFIRMATION else timezone.now()
    fields = {"password": encoded, "name": name, "confirmed_at": confirmed}
    try:
        with transaction.atomic():
            user, made = User.objects.get_or_create(email=email, defaults=fields)
            if not made:
                _write_as_well(user, password=encoded, name=name)
    except IntegrityError:  # the same address, at the same moment
        return
    audit.note(request, "register", person=user)
    if is_too_much(email):
        return
    if user.confirmed_at is None:
        tell(user, "confirm", link=links.confirm.url(request, user))
    elif not made:
        tell(user, "known", link=links.reset.url(request, user))


def _write_as_well(user: User, *, password: str, name: str) -> None:
    """Take over an account that nobody has confirmed; write to another as well, though nothing changes in it.

    Making an account is a write and a commit, for which the disk is waited for: without one the answer for an address
    that has an account would come sooner.
    """
    own = User.objects.filter(pk=user.pk)
    with transaction.atomic():  # making one has such a block, too
        if user.confirmed_at is not None:
            own.update(email=user.email)
        elif own.filter(confirmed_at=None).update(password=password, name=name):
            user.password, user.name = password, name
        else:
            user.refresh_from_db()  # confirmed a moment ago


def confirm(request: HttpRequest, uid: str, token: str, password: str) -> User:
    """Open the account whose link was followed, by whom it was made; raises `LinkDead` and `SignInRefused`.

    The link shows whose address it is, the password who made the account. Without it a stranger could
    register somebody's address, and wait for them to follow the link.
    """
    user = links.confirm.user_of(uid, token)
    if user is None:
        raise LinkDead
    if not check_password(password, user.password):
        raise SignInRefused(
            "The account was made with another password. If that was not you, choose a new one: "
            "“Forgot your password?” sends you a link."
        )
    User.objects.filter(pk=user.pk).update(confirmed_at=timezone.now())
    audit.note(request, "confirm", person=user)
    return user


def forgot(request: HttpRequest, email: str) -> None:
    """Send a link for a new password, where there is an account; the letter is written either way."""
    found = User.objects.filter(email=email.lower(), is_active=True).first()
    user = found or User(pk=0, email=email, password=make_password(None))
    letter = write(user, "reset", link=links.reset.url(request, user))
    audit.note(request, "password.forgot", person=found)
    post.send(None if is_too_much(email) or found is None else letter)


def reset(request: HttpRequest, user: User, password: str) -> None:
    """Set the password of whoever followed a reset link; signs everybody out of the account.

    The link came by mail, so the address is confirmed as well.
    """
    user.change_password(password)
    if user.confirmed_at is None:
        User.objects.filter(pk=user.pk).update(confirmed_at=timezone.now())
    lockout.forget(request, user)
    audit.note(request, "password.reset", person=user)
    tell(user, "changed")
