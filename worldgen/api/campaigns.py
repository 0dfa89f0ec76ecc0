"""Campaigns: the roots of worlds."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError as ShapeError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.generation.api import GeneratingMixin
from storyforge.projects.api import ContentSerializer, ContentViewSet
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from worldgen.keeping.inputs import of_campaign
from worldgen.keeping.stale import mark_stale
from worldgen.models import Campaign, GenerationRun, Locks, PhaseRun

#: What players do not see of a campaign: with the seed they could draw the same world.
GM_ONLY = ("locks", "random_seed")
STATUS = {
    "queued": "running",
    "running": "running",
    "paused": "paused",
    "failed": "failed",
    "canceled": "failed",
    "completed": "ready",
}


class CampaignSerializer(ContentSerializer):
    """A campaign. Its status is that of its latest run."""

    status = serializers.SerializerMethodField(
        help_text="draft, running, paused, failed, ready or archived."
    )
    current_phase = serializers.SerializerMethodField(help_text="While a run works; else empty.")
    total_phases = serializers.IntegerField(read_only=True)

    class Meta:
        model = Campaign
        fields = [
            "id", "project", "name", "premise", "genre", "tone", "technology_level", "magic_level",
            "rules_system", "party_level", "random_seed", "size", "locks", "phase_mode",
            "is_archived", "status", "current_phase", "total_phases", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["created_at", "updated_at"]

    def validate_locks(self, value: Any) -> Any:
        try:
            return Locks.model_validate(value).model_dump(mode="json")
        except ShapeError as error:
            problems = [
                f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()
            ]
            raise serializers.ValidationError(problems) from error

    def get_status(self, campaign: Campaign) -> str:
        if campaign.is_archived:
            return "archived"
        latest = getattr(campaign, "latest_state", None)
        ended = getattr(campaign, "latest_job", None)
        if latest in ("queued", "running") and ended in ("failed", "canceled"):
            latest = ended  # the run ended before it could say so
        return STATUS.get(latest or "", "draft")

    def get_current_phase(self, campaign: Campaign) -> str:
        working = self.get_status(campaign) in ("running", "paused")
        return (getattr(campaign, "latest_phase", None) or "") if working else ""

    def to_representation(self, instance: Campaign) -> dict[str, Any]:
        found = super().to_representation(instance)
        if instance.project_id in self._led():
            return found
        return {name: value for name, value in found.items() if name not in GM_ONLY}

    def _led(self) -> set[Any]:
        """The projects in which the caller is a game master; asked once an answer."""
        asked = cast("dict[str, Any]", self.root.context)
        if "led" not in asked:
            mine = Project.objects.allowed_to(self.context["request"].user, Action.VIEW_SECRETS)
            asked["led"] = set(mine.values_list("pk", flat=True))
        found: set[Any] = asked["led"]
        return found


class NameSerializer(serializers.Serializer[Any]):
    """The name of the campaign, to be sure that it is the one."""

    name = serializers.CharField(max_length=80)


def with_status(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Campaigns with the state of their latest run, so that a list costs one query."""
    runs = GenerationRun.objects.filter(campaign=OuterRef("pk")).order_by("-created_at", "-pk")
    made = PhaseRun.objects.filter(campaign=OuterRef("pk")).order_by("-created_at", "-pk")
    return rows.annotate(
        latest_state=Subquery(runs.values("state")[:1], output_field=CharField()),
        latest_job=Subquery(runs.values("job__status")[:1], output_field=CharField()),
        latest_phase=Subquery(made.values("phase")[:1], output_field=CharField()),
    )


class CampaignViewSet(GeneratingMixin, ContentViewSet):
    """Campaigns, the roots of worlds."""

    queryset = Campaign.objects.order_by("-created_at", "-pk")
    serializer_class = CampaignSerializer
    filterset_fields = ["project", "is_archived", "size"]
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Any]:
        return with_status(super().get_queryset())

    def perform_update(self, serializer: serializers.BaseSerializer[Any]) -> None:
        """Save it; rows that were made from other wishes are stale from then on."""
        before = of_campaign(self.get_object())
        super().perform_update(serializer)
        mark_stale(serializer.instance, before)

    @extend_schema(request=NameSerializer, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete the whole world. The body repeats the campaign's name."""
        campaign = self.get_object()
        form = NameSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["name"] != campaign.name:
            raise serializers.ValidationError({"name": ["This is not the campaign's name."]})
        campaign.delete()
        return Response(status=204)
