from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from scriptwriter import versions
from scriptwriter.models import Scene, SceneCard, SceneRevision, VersionScene
from storyforge.core.rates import Rate, rated
from storyforge.generation.api import GenerateBody, GeneratingMixin
from storyforge.jobs.answers import STARTS
from storyforge.projects.access import Seen, see
from storyforge.projects.api import ScopedViewSetMixin
from storyforge.projects.models import ProjectContent

CARD_FIELDS = ("setting", "goal", "tension", "tone")


class SceneSerializer(serializers.Serializer[VersionScene]):
    """A scene as it stands in the newest version."""

    id = serializers.UUIDField(source="scene_id", read_only=True)
    project = serializers.UUIDField(source="project_id", read_only=True)
    script = serializers.UUIDField(source="version.script_id", read_only=True)
    code = serializers.CharField(source="scene.code", read_only=True)
    scene_number = serializers.SerializerMethodField()
    setting = serializers.CharField(max_length=200, required=False, allow_blank=True)
    goal = serializers.CharField(max_length=500, required=False, allow_blank=True)
    tension = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)
    tone = serializers.CharField(max_length=50, required=False, allow_blank=True)
    content = serializers.CharField(
        max_length=200_000, required=False, allow_blank=True, trim_whitespace=False
    )
    revision = serializers.UUIDField(source="revision_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    generation_method = serializers.CharField(source="revision.generation_method", read_only=True)
    updated_at = serializers.DateTimeField(source="revision.created_at", read_only=True)

    def get_scene_number(self, row: VersionScene) -> str:
        return row.number_label or str(row.position)

    def to_representation(self, instance: VersionScene) -> dict[str, Any]:
        card = SceneCard.model_validate(instance.revision.card)
        for name in CARD_FIELDS:
            setattr(instance, name, getattr(card, name))
        instance.content = instance.revision.text
        return super().to_representation(instance)


class TakeSerializer(serializers.Serializer[SceneRevision]):
    """A text that a scene has had."""

    revision = serializers.UUIDField(source="pk")
    content = serializers.CharField(source="text")
    generation_method = serializers.CharField()
    created_at = serializers.DateTimeField()


class SceneViewSet(
    GeneratingMixin,
    ScopedViewSetMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet,
):
    """Scenes of the newest versions. `PATCH` saves an edit; send `If-Match` with the scene's ETag."""

    queryset = VersionScene.objects.all()
    serializer_class = SceneSerializer
    lookup_field = "scene_id"
    lookup_url_kwarg = "pk"
    filterset_fields = {"project": ["exact"], "version__script": ["exact"]}

    def get_queryset(self) -> QuerySet[Any]:
        scoped = super().get_queryset()
        return versions.head_tree().filter(pk__in=scoped.values("pk")).order_by("position")

    def get_target(self, request: Request, pk: str) -> Seen[ProjectContent]:
        return see(Scene, request.user, pk)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=SceneSerializer, responses=SceneSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Save text or card; 412 `stale_edit` with both texts when somebody was faster."""
        row = self.get_object()
        form = SceneSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        card = SceneCard.model_validate(row.revision.card)
        changes = {n: v for n, v in form.validated_data.items() if n in CARD_FIELDS}
        versions.edit_scene(
            row.scene,
            text=form.validated_data.get("content", row.revision.text),
            card=card.model_copy(update=changes),
            author=request.user,
            expected=request.headers.get("If-Match", "").strip('"').replace("*", ""),
        )
        return self._answer(self.get_queryset().get(scene_id=row.scene_id))

    @extend_schema(request=GenerateBody, **STARTS)
    @action(detail=True, methods=["post"])
    @rated(Rate.GENERATION)
    def regenerate(self, request: Request, pk: str) -> HttpResponse:
        """Write this scene anew; every other scene keeps its text."""
        return self.ask(request, pk, "scene.write", body=request.data)

    @extend_schema(responses=TakeSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_fields=[])
    def takes(self, request: Request, pk: str) -> Response:
        """Every text this scene ever had, newest first."""
        rows = self.get_object().scene.revisions.order_by("-created_at")[:100]
        return Response(TakeSerializer(rows, many=True).data)

    def _answer(self, row: VersionScene) -> Response:
        return Response(self.get_serializer(row).data, headers={"ETag": f'"{row.revision_id}"'})
