from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from canon.models import Lock
from scriptwriter import exports, versions
from scriptwriter.formats.registry import FORMATS
from scriptwriter.models import Chapter, Script, ScriptVersion
from scriptwriter.scripts import MOST_BYTES, first_script, import_fountain, new_script
from scriptwriter.uploads import take
from storyforge.core.downloads import attachment
from storyforge.core.errors import NotFound, StateConflict
from storyforge.core.parsing import StrictJSONParser
from storyforge.core.rates import Rate, rated
from storyforge.generation.api import GeneratingMixin
from storyforge.jobs.answers import STARTS, accept_order
from storyforge.jobs.orders import order
from storyforge.projects.access import get_visible, require
from storyforge.projects.api import ContentSerializer, ContentViewSet, ReadContentViewSet
from storyforge.projects.models import Project
from storyforge.projects.roles import Action


class LockSerializer(ContentSerializer):
    class Meta:
        model = Lock
        fields = ["id", "genre", "tone", "pov", "tense", "rating", "style_sample", "banned"]


class ScriptSerializer(ContentSerializer):
    genre = serializers.SerializerMethodField(help_text="Of the lock; empty without one.")
    tone = serializers.SerializerMethodField(help_text="Of the lock; empty without one.")
    set_genre = serializers.CharField(max_length=50, write_only=True, required=False)
    set_tone = serializers.CharField(max_length=50, write_only=True, required=False)

    class Meta:
        model = Script
        fields = [
            "id", "project", "title", "format", "style", "genre", "tone", "set_genre", "set_tone",
            "lock", "book", "chapter", "plot_overview", "characters", "plot_enhanced",
            "character_enhanced", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = [
            "lock",
            "plot_enhanced",
            "character_enhanced",
            "created_at",
            "updated_at",
        ]

    def get_genre(self, script: Script) -> str:
        return script.lock.genre if script.lock else ""

    def get_tone(self, script: Script) -> str:
        return script.lock.tone if script.lock else ""

    def create(self, validated_data: dict[str, Any]) -> Script:
        return new_script(**validated_data)

    def update(self, instance: Script, validated_data: dict[str, Any]) -> Script:
        # Genre and tone belong to the lock: they are set when a script is made, and stay.
        for name in ("set_genre", "set_tone"):
            if validated_data.pop(name, None) is not None:
                raise serializers.ValidationError({name: ["Genre and tone are locked."]})
        return super().update(instance, validated_data)


class VersionSerializer(ContentSerializer):
    class Meta:
        model = ScriptVersion
        fields = [
            "id", "project", "script", "number", "parent", "message", "author", "is_draft",
            "generation_method", "model_used", "job", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class VersionBody(serializers.Serializer[Any]):
    message = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ScriptUpload(serializers.Serializer[Any]):
    project = serializers.UUIDField()
    file = serializers.FileField()


WRITTEN = {name: format_ for name, format_ in FORMATS.items() if format_.write}
FORMAT = OpenApiParameter("as", str, enum=list(WRITTEN))
# By the type alone, without its charset.
FILES: dict[Any, Any] = {
    (200, kind): OpenApiTypes.OBJECT if kind == "application/json" else OpenApiTypes.BINARY
    for kind in (format_.media_type.partition(";")[0] for format_ in WRITTEN.values())
}


def file_response(version: ScriptVersion, name: str) -> HttpResponse:
    """A version as a file to keep; raises `NotFound` for a format that is not written."""
    return attachment(exports.export(version, name))


class ScriptViewSet(GeneratingMixin, ContentViewSet):
    """Scripts; their texts live in versions and scenes."""

    queryset = Script.objects.select_related("lock").prefetch_related("characters")
    serializer_class = ScriptSerializer
    filterset_fields = ["project", "book", "chapter"]
    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(request={"multipart/form-data": ScriptUpload}, responses={201: ScriptSerializer})
    @action(detail=False, methods=["post"], url_path="import")
    def import_file(self, request: Request) -> Response:
        """A Fountain file becomes a script with its scenes."""
        form = serializers.UUIDField()
        project_id = form.run_validation(request.data.get("project", ""))
        project = get_visible(Project.objects.all(), request.user, pk=project_id)
        require(request.user, Action.EDIT, project.pk)
        filename, content = take(request.FILES.get("file"), most=MOST_BYTES)
        script = import_fountain(project, author=request.user, filename=filename, content=content)
        return Response(self.get_serializer(script).data, status=201)

    @extend_schema(request=VersionBody, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    def create_version(self, request: Request, pk: str) -> Response:
        """Seal the open draft under a name; the next edit starts a new version."""
        body = VersionBody(data=request.data)
        body.is_valid(raise_exception=True)
        version = versions.seal(self.get_object(), message=body.validated_data["message"])
        if version is None:
            raise NotFound("This script has no scenes yet.")
        return Response(VersionSerializer(version, context={"request": request}).data, status=201)

    @rated(Rate.GENERATION)
    def write_anew(self, request: Request, pk: str) -> HttpResponse:
        """A job that writes a new version from the script's chapter: the script platform's `create_version`."""
        seen = self.get_target(request, pk)
        seen.require(Action.GENERATE)
        script: Any = seen.row
        chapter = script.chapter
        if chapter is None or first_script(chapter) != script:
            raise StateConflict("Only a script that was made from a chapter is written anew whole.")
        made = order("script.adapt", target=chapter, actor=request.user, body=request.data)
        return accept_order(request, made)

    @extend_schema(parameters=[FORMAT], responses=FILES)
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: str) -> HttpResponse:
        """The newest version as a file: `?as=fountain`, `pdf` or `json`."""
        version = versions.head(self.get_object())
        if version is None:
            raise NotFound("This script has no scenes yet.")
        return file_response(version, request.query_params.get("as", "fountain"))


class VersionViewSet(ReadContentViewSet):
    """The numbered states of a script."""

    queryset = ScriptVersion.objects.select_related("script").order_by("-number")
    serializer_class = VersionSerializer
    filterset_fields = ["project", "script"]
    actions = {"restore": Action.EDIT}

    @extend_schema(parameters=[FORMAT], responses=FILES)
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: str) -> HttpResponse:
        """This version as a file."""
        return file_response(self.get_object(), request.query_params.get("as", "fountain"))

    @extend_schema(request=None, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Make this state the newest version; nothing is destroyed."""
        version = versions.restore(self.get_object(), author=request.user)
        return Response(self.get_serializer(version).data, status=201)


class ChapterScriptBody(serializers.Serializer[Any]):
    chapter_id = serializers.UUIDField()
    script_style = serializers.CharField(max_length=50, default="cinematic")
    use_plot_context = serializers.BooleanField(default=True)
    enhance_character_development = serializers.BooleanField(default=True)


class ScriptAndScenesView(APIView):
    """A chapter becomes a script: `script.adapt` in the words of the plot document."""

    @extend_schema(request=ChapterScriptBody, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request) -> HttpResponse:
        form = ChapterScriptBody(data=request.data)
        form.is_valid(raise_exception=True)
        body = dict(form.validated_data)
        chapter = get_visible(Chapter.objects.all(), request.user, pk=body.pop("chapter_id"))
        made = order("script.adapt", target=chapter, actor=request.user, body=body)
        return accept_order(request, made)
