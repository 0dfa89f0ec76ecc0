"""Signing in over the API: registration, tokens, passwords."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import api_view
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.accounts import audit, credentials, joining, links
from storyforge.accounts.errors import LinkDead
from storyforge.accounts.mail import tell
from storyforge.accounts.models import RefreshToken, TokenFamily, User
from storyforge.accounts.passwords import LONGEST, problems_with
from storyforge.accounts.tokens import InPerson
from storyforge.core.errors import NotFound
from storyforge.core.parsing import StrictJSONParser
from storyforge.core.rates import Rate, rated


class UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "email", "name", "is_staff", "date_joined"]
        read_only_fields = fields


def secret(**fields: Any) -> serializers.CharField:
    """A field whose text is taken to the letter and never sent back."""
    return serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=LONGEST, **fields
    )


class LoginSerializer(serializers.Serializer[Any]):
    """JSON, or the form of OAuth2's password grant, in which the address is called `username`."""

    username = serializers.CharField(max_length=254, required=False, help_text="The address.")
    email = serializers.CharField(max_length=254, required=False)
    password = secret()
    code = serializers.CharField(
        max_length=40,
        required=False,
        default="",
        help_text="Of the second factor, if there is one.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["email"] = attrs.get("email") or attrs.get("username") or ""
        if not attrs["email"]:
            raise serializers.ValidationError({"email": "Send the address you sign in with."})
        return attrs


class PairSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(help_text="Works once; the answer holds the next.")
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds the access token is good.")


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=2_000)


class LogoutSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=2_000, required=False, default="")


class NewPassword(serializers.Serializer[Any]):
    """Checks `password` against the rules, for whoever `person()` says."""

    password = secret(help_text="At least 12 characters, not a common one.")

    def person(self, attrs: dict[str, Any]) -> User:
        return User(email=attrs.get("email", ""), name=attrs.get("name", ""))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if problems := problems_with(attrs["password"], self.person(attrs)):
            raise serializers.ValidationError({"password": problems})
        return attrs


class RegisterSerializer(NewPassword):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150, required=False, default="", allow_blank=True)


class AddressSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class LinkSerializer(serializers.Serializer[Any]):
    """The last two parts of the link in the letter."""

    uid = serializers.CharField(max_length=40)
    token = serializers.CharField(max_length=100)


class ConfirmSerializer(LinkSerializer):
    password = secret(help_text="The one the account was made with.")


class ResetSerializer(LinkSerializer):
    password = secret()


class PasswordSerializer(NewPassword):
    current_password = secret()

    def person(self, attrs: dict[str, Any]) -> User:
        return self.context["request"].user


class Told(serializers.Serializer[Any]):
    detail = serializers.CharField()


def told(text: str, code: int = status.HTTP_202_ACCEPTED) -> Response:
    """The same sentence for everybody."""
    return Response({"detail": text}, status=code)


class OpenView(APIView):
    """For callers who have not proved anything yet; cookies and tokens are not looked at."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    serializer_class: type[serializers.Serializer[Any]]

    def read(self, request: Request) -> dict[str, Any]:
        serializer = self.serializer_class(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class RegisterView(OpenView):
    """Make an account. The answer is the same whether the address has one or not."""

    serializer_class = RegisterSerializer

    @extend_schema(request=RegisterSerializer, responses={202: Told})
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        if not settings.REGISTRATION_OPEN:
            raise NotFound
        data = self.read(request)
        joining.register(
            request._request,  # noqa: SLF001 - the audit's middleware sees this one
            email=data["email"],
            password=data["password"],
            name=data["name"],
        )
        if settings.EMAIL_CONFIRMATION:
            return told("A letter is on its way. Follow its link, then sign in.")
        return told("You can sign in now.")


class LoginView(OpenView):
    """Access and refresh token for an address and a password, as JSON or as a form."""

    serializer_class = LoginSerializer
    parser_classes = [StrictJSONParser, FormParser]

    @extend_schema(request=LoginSerializer, responses=PairSerializer)
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        data = self.read(request)
        pair = credentials.sign_in_client(
            request._request,  # noqa: SLF001
            email=data["email"],
            password=data["password"],
            code=data["code"],
        )
        return Response(pair, headers={"Cache-Control": "no-store"})


class RefreshView(OpenView):
    """The next pair. A refresh token works once; one that comes back ends the sign-in."""

    serializer_class = RefreshSerializer

    @extend_schema(request=RefreshSerializer, responses=PairSerializer)
    def post(self, request: Request) -> Response:
        pair = credentials.renew(request._request, self.read(request)["refresh_token"])  # noqa: SLF001
        return Response(pair, headers={"Cache-Control": "no-store"})


class LogoutView(APIView):
    """End this sign-in: the session, or the family of the token. A refresh token alone will do."""

    permission_classes = [AllowAny]

    @extend_schema(request=LogoutSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = LogoutSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        family = request.auth if isinstance(request.auth, TokenFamily) else None
        if presented := serializer.validated_data["refresh_token"]:
            token = RefreshToken.unseal(presented, RefreshToken.objects.select_related("family"))
            family = token.family if token else family
        if family:
            family.revoke()
            audit.note(request._request, "sign_out", person=family.user)  # noqa: SLF001
        elif request.user.is_authenticated and request.auth is None:
            audit.note(request._request, "sign_out", person=request.user)  # noqa: SLF001
            logout(request._request)  # noqa: SLF001
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmView(OpenView):
    """Confirm the address of a new account with the parts of its link and the account's password."""

    serializer_class = ConfirmSerializer

    @extend_schema(request=ConfirmSerializer, responses=Told)
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        joining.confirm(request._request, **self.read(request))  # noqa: SLF001
        return told("The address is confirmed. You can sign in now.", status.HTTP_200_OK)


class ForgotView(OpenView):
    """Ask for a letter with a link for a new password. The answer is the same for every address."""

    serializer_class = AddressSerializer

    @extend_schema(request=AddressSerializer, responses={202: Told})
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        joining.forgot(request._request, self.read(request)["email"])  # noqa: SLF001
        return told("If this address has an account, a letter is on its way.")


class ResetView(OpenView):
    """Set a new password with the parts of the link. Every sign-in of the account ends."""

    serializer_class = ResetSerializer

    @extend_schema(request=ResetSerializer, responses=Told)
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        data = self.read(request)
        user = links.reset.user_of(data["uid"], data["token"])
        if user is None:
            raise LinkDead
        if problems := problems_with(data["password"], user):
            raise serializers.ValidationError({"password": problems})
        joining.reset(request._request, user, data["password"])  # noqa: SLF001
        return told("The password is changed. Sign in with it.", status.HTTP_200_OK)


class PasswordView(APIView):
    """Change one's password. Every other sign-in ends; a token's own family too."""

    permission_classes = [InPerson]

    @extend_schema(request=PasswordSerializer, responses={204: None})
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> Response:
        serializer = PasswordSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        user = request.user
        credentials.confirm_password(
            request._request,  # noqa: SLF001
            user,
            serializer.validated_data["current_password"],
        )
        keep = request.session.session_key if request.auth is None else None
        user.change_password(serializer.validated_data["password"], keep_session=keep)
        if request.auth is None:
            credentials.keep_signed_in(request._request, user)  # noqa: SLF001
        audit.note(request._request, "password.changed", person=user)  # noqa: SLF001
        tell(user, "changed")
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(responses=UserSerializer, summary="Who is signed in")
@api_view(["GET"])
def me(request: Request) -> Response:
    return Response(UserSerializer(request.user).data, status=status.HTTP_200_OK)
