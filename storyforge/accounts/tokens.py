"""How API requests prove who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from storyforge.accounts.errors import PersonNeeded, ReadOnlyToken
from storyforge.accounts.jwt import family_of
from storyforge.accounts.models import APIToken, TokenFamily, User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports these classes

UNKNOWN = "This token is unknown, expired or revoked."


def bearer(request: Request) -> str | None:
    """What `Authorization: Bearer …` presents, or None."""
    kind, _, presented = request.headers.get("Authorization", "").partition(" ")
    return presented.strip() if kind.lower() == "bearer" else None


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer sf_…`: an API token."""

    def authenticate(self, request: Request) -> tuple[User, APIToken] | None:
        presented = bearer(request)
        if presented is None or not presented.startswith("sf_"):
            return None
        token = APIToken.find(presented)
        if token is None:
            raise exceptions.AuthenticationFailed(UNKNOWN)
        if request.method not in SAFE_METHODS and token.scope != APIToken.Scope.WRITE:
            raise ReadOnlyToken
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class AccessAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <JWT>`: an access token of a REST client that signed in."""

    def authenticate(self, request: Request) -> tuple[User, TokenFamily] | None:
        presented = bearer(request)
        if presented is None:
            return None
        family = family_of(presented)
        if family is None:
            raise exceptions.AuthenticationFailed(UNKNOWN)
        return family.user, family

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF enforced; answers 401, not 403, to strangers."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class InPerson(permissions.IsAuthenticated):
    """A session or a REST client that signed in: a leaked API token must not become an account."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, APIToken):
            raise PersonNeeded
        return bool(super().has_permission(request, view))


class _Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    definition: dict[str, str]

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return self.definition


class TokenScheme(_Scheme):  # type: ignore[no-untyped-call]
    """The API token in the OpenAPI document."""

    target_class = "storyforge.accounts.tokens.TokenAuthentication"
    name = "token"
    definition = {"type": "http", "scheme": "bearer", "bearerFormat": "sf_…"}


class AccessScheme(_Scheme):  # type: ignore[no-untyped-call]
    """The access token in the OpenAPI document."""

    target_class = "storyforge.accounts.tokens.AccessAuthentication"
    name = "access"
    definition = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class SessionScheme(_Scheme):  # type: ignore[no-untyped-call]
    """The session in the OpenAPI document."""

    target_class = "storyforge.accounts.tokens.SessionAuthentication"
    name = "session"
    definition = {"type": "apiKey", "in": "cookie", "name": "session"}
