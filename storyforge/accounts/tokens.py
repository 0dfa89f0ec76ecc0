"""How API requests prove who they are."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from storyforge.accounts.models import APIToken, User
from storyforge.core.errors import StoryforgeError


class ReadOnlyToken(StoryforgeError):
    """This token may only read."""

    code = "token_scope"
    status = 403


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer sf_…`."""

    def authenticate(self, request: Request) -> tuple[User, APIToken] | None:
        kind, _, presented = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = APIToken.find(presented.strip())
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        if request.method not in SAFE_METHODS and token.scope != APIToken.Scope.WRITE:
            raise ReadOnlyToken
        # At most one write a minute: many programs poll every two seconds.
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - timedelta(minutes=1))
        APIToken.objects.filter(stale, pk=token.pk).update(last_used_at=Now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF enforced; answers 401, not 403, to strangers."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token in the OpenAPI document."""

    target_class = "storyforge.accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "sf_…"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session in the OpenAPI document."""

    target_class = "storyforge.accounts.tokens.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "session"}
