"""Links that prove who follows them: bound to what they change, so each works once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode

from storyforge.accounts.models import User
from storyforge.core import clock

NOBODY = User(pk=0, password="!")  # noqa: S106 - has none
EPOCH = 978_307_200  # 1 January 2001, from which Django's tokens count


def absolute(request: HttpRequest, path: str) -> str:
    """For a letter: under `PUBLIC_URL`, else the host that was asked (one of `ALLOWED_HOSTS`)."""
    base = settings.PUBLIC_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


class Link(PasswordResetTokenGenerator):
    """A page of the site that opens for one person, once, for some hours.

    The token is bound to password, address and last sign-in, and so ends with the first use.
    """

    def __init__(self, route: str, *, hours: int) -> None:
        super().__init__()
        self.route, self.seconds = route, hours * 3600
        self.key_salt = f"storyforge.accounts.links:{route}"

    def _now(self) -> datetime:
        """The database's clock, from which the token's age counts, without its zone, as Django's own."""
        return clock.now().replace(tzinfo=None)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        value = super()._make_hash_value(user, timestamp)
        return f"{value}{user.confirmed_at}"

    def parts(self, user: User) -> tuple[str, str]:
        """Whose link it is, and the token that proves it."""
        return urlsafe_base64_encode(str(user.pk).encode()), self.make_token(user)

    def path(self, user: User) -> str:
        return reverse(self.route, args=self.parts(user))

    def url(self, request: HttpRequest, user: User) -> str:
        """For a letter."""
        return absolute(request, self.path(user))

    def user_of(self, uid: str, token: str) -> User | None:
        """Whom the link is for, or None when it was used, is old or was made up."""
        try:
            pk = int(urlsafe_base64_decode(uid))
            age = clock.now().timestamp() - EPOCH - base36_to_int(token.partition("-")[0])
        except ValueError:
            return None
        if not 0 <= pk < 2**63 or age > self.seconds:
            return None
        user = User.objects.filter(pk=pk, is_active=True).first()
        is_theirs = self.check_token(user or NOBODY, token)  # the same work where there is nobody
        return user if is_theirs else None


sign_in = Link("sign_in_link", hours=72)  # printed on the operator's own terminal
confirm = Link("confirm", hours=72)
reset = Link("reset", hours=1)


def sign_in_path(user: User) -> str:
    """The path of a link that signs this user in once."""
    return sign_in.path(user)
