"""One-time sign-in links, for the first start on one's own machine."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from storyforge.accounts.models import User


class SignInLinks(PasswordResetTokenGenerator):
    """Django's reset tokens: bound to the last sign-in, so using one ends it; valid three days."""

    key_salt = "storyforge.accounts.links"


links = SignInLinks()


def sign_in_path(user: User) -> str:
    """The path of a link that signs this user in once."""
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("sign_in_link", args=[uid, links.make_token(user)])


def user_of_link(uid: str, token: str) -> User | None:
    """Whom the link signs in, or None when it was used, is old or was made up."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and links.check_token(user, token) else None
