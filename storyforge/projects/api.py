"""The base classes of every endpoint over a project's content."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.core.api import etag_of, require_match
from storyforge.core.errors import NotFound, RoleTooLow, StateConflict
from storyforge.core.rates import Rate, rated
from storyforge.money.models import Quota
from storyforge.money.quotas import budget_of, set_budget
from storyforge.projects import invitations
from storyforge.projects.access import may, require
from storyforge.projects.ending import end
from storyforge.projects.models import Invitation, Membership, Project, ProjectContent
from storyforge.projects.roles import GIVEN, Action, Role


class ScopedViewSetMixin:
    """Restricts the queryset to what the caller may see, then to what they may do.

    `actions` names the role action each view method needs beyond seeing; unsafe methods need EDIT.
    """

    request: Request
    action: str
    queryset: Any
    actions: dict[str, Action] = {}

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.all().allowed_to(self.request.user, Action.VIEW)

    def needed(self) -> Action:
        """The role action this request needs on its object."""
        default = Action.VIEW if self.request.method in SAFE_METHODS else Action.EDIT
        return self.actions.get(self.action, default)

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        super().check_object_permissions(request, obj)
        project_id = obj.pk if isinstance(obj, Project) else obj.project_id
        needed = self.needed()
        if needed != Action.VIEW and not may(request.user, needed, project_id):
            raise RoleTooLow


class ETagMixin:
    """`ETag` on single rows, and `If-Match` honored before they are written (412 when stale)."""

    request: Request

    def get_object(self) -> Any:
        obj = super().get_object()
        if self.request.method not in SAFE_METHODS:
            require_match(self.request, row_etag(obj))
        return obj

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        row = getattr(self, "answered", None)
        if row is not None:
            response["ETag"] = row_etag(row)
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        self.answered = self.get_object()
        return Response(self.get_serializer(self.answered).data)

    def perform_update(self, serializer: serializers.BaseSerializer[Any]) -> None:
        self.answered = serializer.save()


def row_etag(row: Any) -> str:
    """The version of a row: its id and when it was last written."""
    return etag_of(row.pk, row.updated_at.isoformat())


class ContentSerializer(serializers.ModelSerializer[Any]):
    """A serializer whose foreign keys reach only rows of the object's own project.

    `project` may be named on create only: content never moves, its foreign keys would stay behind.
    """

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        if self.instance is not None and "project" in fields:
            fields["project"].read_only = True
        for field in fields.values():
            relation = getattr(field, "child_relation", field)
            queryset = getattr(relation, "queryset", None)
            if queryset is None or not issubclass(queryset.model, Project | ProjectContent):
                continue
            relation.queryset = (
                queryset.all().allowed_to(request.user, Action.VIEW) if request else queryset.none()
            )
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        project = attrs.get("project") or getattr(self.instance, "project", None)
        if "project" in attrs:
            require(self.context["request"].user, Action.EDIT, project.pk)
        for name, value in attrs.items():
            values = value if isinstance(value, list) else [value]
            for row in values:
                if isinstance(row, ProjectContent) and project and row.project_id != project.pk:
                    # The words DRF uses for an unknown id: a stranger learns nothing.
                    message = f'Invalid pk "{row.pk}" - object does not exist.'
                    raise serializers.ValidationError({name: [message]})
        return attrs


class ContentViewSet(ETagMixin, ScopedViewSetMixin, viewsets.ModelViewSet):
    """Base class of every viewset over a ProjectContent model."""


class ReadContentViewSet(ScopedViewSetMixin, viewsets.ReadOnlyModelViewSet):
    """Base class of every read-only viewset over a ProjectContent model."""


class ProjectSerializer(serializers.ModelSerializer[Project]):
    role = serializers.SerializerMethodField(help_text="Your role here.")

    class Meta:
        model = Project
        fields = ["id", "name", "description", "role", "created_at", "updated_at"]
        read_only_fields = ["created_at", "updated_at"]

    def get_role(self, project: Project) -> str:
        mine = getattr(project, "mine", None)
        return mine[0].role if mine else ""

    def create(self, validated_data: dict[str, Any]) -> Project:
        return Project.start(self.context["request"].user, **validated_data)


class ProjectViewSet(ETagMixin, ScopedViewSetMixin, viewsets.ModelViewSet):
    """One's projects; only the owner renames or deletes one."""

    queryset = Project.objects.order_by("-created_at")
    serializer_class = ProjectSerializer
    actions = {"update": Action.ADMIN, "partial_update": Action.ADMIN, "destroy": Action.ADMIN}

    def perform_destroy(self, instance: Project) -> None:
        end(instance)

    def get_queryset(self) -> QuerySet[Any]:
        mine = Membership.objects.filter(user=self.request.user.pk)
        return (
            super()
            .get_queryset()
            .prefetch_related(Prefetch("memberships", queryset=mine, to_attr="mine"))
        )


class MemberSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role", "created_at"]
        read_only_fields = fields


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=GIVEN)


class NewMemberSerializer(RoleSerializer):
    email = serializers.EmailField(max_length=254)


def members_of(project_pk: str) -> QuerySet[Membership]:
    """Who is in a project that the database shows. Memberships have no row security: the walls ask them."""
    return Membership.objects.filter(project__in=Project.objects.filter(pk=project_pk))


class MembersView(APIView):
    """Who is in a project. People come in by invitations."""

    serializer_class = MemberSerializer

    @extend_schema(responses=MemberSerializer(many=True))
    def get(self, request: Request, project_pk: str) -> Response:
        require(request.user, Action.VIEW, project_pk)
        rows = members_of(project_pk).select_related("user").order_by("pk")
        return Response(MemberSerializer(rows, many=True).data)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "created_at", "expires_at"]
        read_only_fields = fields


class InvitationsView(APIView):
    """Addresses that were asked into a project and have not said yes. The owner's alone."""

    serializer_class = InvitationSerializer
    queryset = Invitation.objects.all()

    @extend_schema(responses=InvitationSerializer(many=True))
    def get(self, request: Request, project_pk: str) -> Response:
        require(request.user, Action.ADMIN, project_pk)
        return Response(InvitationSerializer(invitations.pending(project_pk), many=True).data)

    @extend_schema(request=NewMemberSerializer, responses={202: InvitationSerializer})
    @rated(Rate.SIGN_IN)
    def post(self, request: Request, project_pk: str) -> Response:
        """Write to an address. The answer is the same whether it has an account or not."""
        require(request.user, Action.ADMIN, project_pk)
        form = NewMemberSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        raw = request._request  # noqa: SLF001 - the audit's middleware sees this one
        row = invitations.invite(raw, request.user, project_pk, **form.validated_data)
        return Response(InvitationSerializer(row).data, status=202)


class InvitationView(APIView):
    """One invitation."""

    queryset = Invitation.objects.all()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_pk: str, pk: str) -> Response:
        """Revoke it: its link is dead."""
        require(request.user, Action.ADMIN, project_pk)
        invitations.revoke(project_pk, pk)
        return Response(status=204)


class AcceptSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200, help_text="The last part of the letter's link.")


class JoinedSerializer(serializers.ModelSerializer[Membership]):
    class Meta:
        model = Membership
        fields = ["id", "project", "role"]
        read_only_fields = fields


class AcceptView(APIView):
    """Say yes to an invitation, signed in with the address it went to."""

    serializer_class = AcceptSerializer

    @extend_schema(request=AcceptSerializer, responses=JoinedSerializer)
    def post(self, request: Request) -> Response:
        form = AcceptSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        raw = request._request  # noqa: SLF001
        member = invitations.accept(raw, request.user, form.validated_data["token"])
        return Response(JoinedSerializer(member).data)


class BudgetSerializer(serializers.Serializer[Quota]):
    limit_micros = serializers.IntegerField(
        min_value=0, max_value=10**15, allow_null=True, help_text="US dollars / 1,000,000."
    )
    spent_micros = serializers.IntegerField(read_only=True)
    reserved_micros = serializers.IntegerField(read_only=True)


class BudgetView(APIView):
    """What the owner lets this project spend in all, counted from the first budget; null: no limit."""

    serializer_class = BudgetSerializer

    @extend_schema(responses=BudgetSerializer)
    def get(self, request: Request, project_pk: str) -> Response:
        require(request.user, Action.ADMIN, project_pk)
        return Response(BudgetSerializer(budget_of(project_pk)).data)

    @extend_schema(request=BudgetSerializer, responses=BudgetSerializer)
    def put(self, request: Request, project_pk: str) -> Response:
        require(request.user, Action.ADMIN, project_pk)
        form = BudgetSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        limit = form.validated_data["limit_micros"]
        # Only the owner comes here, and the owner's account pays.
        return Response(BudgetSerializer(set_budget(request.user.pk, UUID(project_pk), limit)).data)


class MemberView(APIView):
    """One membership. The owner changes the role or removes the person; everybody but the owner may go."""

    serializer_class = MemberSerializer

    @extend_schema(request=RoleSerializer, responses=MemberSerializer)
    def patch(self, request: Request, project_pk: str, pk: str) -> Response:
        require(request.user, Action.ADMIN, project_pk)
        member = self.member(project_pk, pk)
        form = RoleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        member.role = form.validated_data["role"]
        if not self.others(project_pk, pk).update(role=member.role):
            raise NotFound  # removed a moment ago
        return Response(MemberSerializer(member).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_pk: str, pk: str) -> Response:
        """Remove somebody, or leave."""
        require(request.user, Action.VIEW, project_pk)
        if not self.others(project_pk, pk).filter(user=request.user.pk).exists():
            require(request.user, Action.ADMIN, project_pk)
        self.member(project_pk, pk)
        self.others(project_pk, pk).delete()
        return Response(status=204)

    def member(self, project_pk: str, pk: str) -> Membership:
        """Somebody who is not the owner."""
        member = members_of(project_pk).filter(pk=pk).select_related("user").first()
        if member is None:
            raise NotFound
        if member.role == Role.OWNER:
            raise StateConflict("The owner stays.")
        return member

    def others(self, project_pk: str, pk: str) -> QuerySet[Membership]:
        """The one row, never the owner's."""
        return members_of(project_pk).filter(pk=pk).exclude(role=Role.OWNER)
