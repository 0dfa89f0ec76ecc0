"""One's own sign-ins and what was done in one's name."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.accounts.models import AuditEntry, Session, TokenFamily, User
from storyforge.accounts.sessions import stored_key
from storyforge.accounts.tokens import InPerson
from storyforge.core.errors import NotFound


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


def sign_ins(user: User, *, session_key: str = "", family: TokenFamily | None = None) -> list[Any]:
    """What is signed in as this person, newest first; the caller's own is marked."""
    now = timezone.now()
    here = stored_key(session_key) if session_key else ""
    sessions = [
        {
            "id": row.session_key,
            "kind": "session",
            "agent": row.agent,
            "started_at": row.started_at,
            "seen_at": row.seen_at,
            "expires_at": row.expire_date,
            "current": row.session_key == here,
        }
        for row in Session.objects.filter(user=user, expire_date__gt=now)[:100]
    ]
    clients = [
        {
            "id": str(row.pk),
            "kind": "client",
            "agent": row.agent,
            "started_at": row.created_at,
            "seen_at": None,
            "expires_at": row.expires_at,
            "current": family is not None and row.pk == family.pk,
        }
        for row in TokenFamily.objects.filter(user=user, revoked_at=None, expires_at__gt=now)[:100]
    ]
    return sorted([*sessions, *clients], key=lambda each: each["started_at"], reverse=True)


def end_sign_in(user: User, key: str) -> None:
    """End one of one's own; raises `NotFound` for anybody else's."""
    ended, _ = Session.objects.filter(user=user, session_key=key).delete()
    if not ended:
        ended = TokenFamily.objects.filter(
            user=user, pk__in=[key] if len(key) == 36 else [], revoked_at=None
        ).update(revoked_at=timezone.now())
    if not ended:
        raise NotFound


class SessionsView(APIView):
    """Where one is signed in."""

    permission_classes = [InPerson]

    @extend_schema(responses=SignInSerializer(many=True))
    def get(self, request: Request) -> Response:
        family = request.auth if isinstance(request.auth, TokenFamily) else None
        key = request.session.session_key or "" if request.auth is None else ""
        rows = sign_ins(request.user, session_key=key, family=family)
        return Response(SignInSerializer(rows, many=True).data)

    @extend_schema(responses={204: None}, operation_id="account_sessions_destroy_all")
    def delete(self, request: Request) -> Response:
        """End all of them, this one too."""
        Session.objects.filter(user=request.user).delete()
        request.user.families.filter(revoked_at=None).update(revoked_at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionView(APIView):
    """One of them; ending it acts at once."""

    permission_classes = [InPerson]
    queryset = Session.objects.none()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
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
