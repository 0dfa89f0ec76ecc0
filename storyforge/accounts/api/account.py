"""One's own sign-ins and what was done in one's name."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.accounts import audit, credentials
from storyforge.accounts.api.auth import secret
from storyforge.accounts.belongings import archive_response
from storyforge.accounts.errors import PasswordNeeded
from storyforge.accounts.leaving import delete_account
from storyforge.accounts.models import AuditEntry, Session, TokenFamily
from storyforge.accounts.signins import end_all, end_sign_in, sign_ins
from storyforge.accounts.tokens import InPerson
from storyforge.core.rates import Rate, rated


class SignInSerializer(serializers.Serializer[Any]):
    """A browser's session or a REST client's token family."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=["session", "client"])
    agent = serializers.CharField()
    started_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    current = serializers.BooleanField()


class ActivitySerializer(serializers.ModelSerializer[AuditEntry]):
    class Meta:
        model = AuditEntry
        fields = ["id", "at", "action", "object_type", "object_id", "status", "request_id"]
        read_only_fields = fields


class PasswordProof(serializers.Serializer[Any]):
    """What shows that it is the owner who asks."""

    current_password = secret()


class AccountView(APIView):
    """The account itself."""

    permission_classes = [InPerson]

    @extend_schema(request=PasswordProof, responses={204: None})
    @rated(Rate.SIGN_IN)
    def delete(self, request: Request) -> Response:
        """Delete the account with everything of one's own. It cannot be undone."""
        proved(request)
        delete_account(request._request, request.user)  # noqa: SLF001
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(APIView):
    """Everything of one's own as a ZIP of JSON files and uploaded files."""

    permission_classes = [InPerson]

    @extend_schema(request=PasswordProof, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @rated(Rate.SIGN_IN)
    def post(self, request: Request) -> StreamingHttpResponse:
        proved(request)
        audit.note(request._request, "account.exported", person=request.user)  # noqa: SLF001
        return archive_response(request._request, request.user)  # noqa: SLF001


def proved(request: Request) -> None:
    """Raise `PasswordNeeded` unless the body holds the caller's password."""
    proof = PasswordProof(data=request.data)
    proof.is_valid(raise_exception=True)
    credentials.confirm_password(
        request._request,  # noqa: SLF001
        request.user,
        proof.validated_data["current_password"],
    )


class LateProof(serializers.Serializer[Any]):
    """Needed a quarter of an hour after the sign-in."""

    current_password = secret(required=False, default="", allow_blank=True)


def proved_lately(request: Request) -> None:
    """Raise `PasswordNeeded` unless they signed in just now, or the body holds their password."""
    if credentials.proved_lately(request._request, _family(request)):  # noqa: SLF001
        return
    proof = LateProof(data=request.data)
    proof.is_valid(raise_exception=True)
    if not proof.validated_data["current_password"]:
        raise PasswordNeeded
    proved(request)


def _family(request: Request) -> TokenFamily | None:
    return request.auth if isinstance(request.auth, TokenFamily) else None


class SessionsView(APIView):
    """Where one is signed in."""

    permission_classes = [InPerson]

    @extend_schema(responses=SignInSerializer(many=True))
    def get(self, request: Request) -> Response:
        family = _family(request)
        key = request.session.session_key or "" if request.auth is None else ""
        rows = sign_ins(request.user, session_key=key, family=family)
        return Response(SignInSerializer(rows, many=True).data)

    @extend_schema(
        request=LateProof, responses={204: None}, operation_id="account_sessions_destroy_all"
    )
    @rated(Rate.SIGN_IN)
    def delete(self, request: Request) -> Response:
        """End all of them, this one too."""
        proved_lately(request)
        end_all(request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionView(APIView):
    """One of them; ending it acts at once."""

    permission_classes = [InPerson]
    queryset = Session.objects.none()

    @extend_schema(request=LateProof, responses={204: None})
    @rated(Rate.SIGN_IN)
    def delete(self, request: Request, pk: str) -> Response:
        proved_lately(request)
        end_sign_in(request.user, pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ActivityView(ListAPIView):
    """What was done in one's name, newest first."""

    permission_classes = [InPerson]
    serializer_class = ActivitySerializer
    queryset = AuditEntry.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return AuditEntry.objects.none()
        return AuditEntry.objects.filter(actor=self.request.user.audit_id).order_by("-at", "-pk")
