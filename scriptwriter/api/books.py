from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from scriptwriter.imports import start_import
from scriptwriter.models import Book, Chapter, ChapterScene
from scriptwriter.uploads import take
from storyforge.core.parsing import StrictJSONParser
from storyforge.core.rates import Rate, rated
from storyforge.generation.api import GenerateBody, GeneratingMixin
from storyforge.jobs.answers import STARTS, accept
from storyforge.jobs.models import Job
from storyforge.projects.access import get_visible, require
from storyforge.projects.api import ContentSerializer, ContentViewSet, ReadContentViewSet
from storyforge.projects.models import Project
from storyforge.projects.roles import Action

from .plots import PlotSaveSerializer, PlotSerializer, current_plot, save_plot


class BookSerializer(ContentSerializer):
    class Meta:
        model = Book
        fields = [
            "id", "project", "title", "author", "language", "genre", "status", "format", "encoding",
            "words", "warnings", "analyzed_at", "characters", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = [
            "project", "status", "format", "encoding", "words", "warnings", "analyzed_at",
            "characters", "created_at", "updated_at",
        ]  # fmt: skip


class UploadSerializer(serializers.Serializer[Any]):
    """A book file: txt, Markdown, EPUB, DOCX or PDF."""

    project = serializers.UUIDField()
    file = serializers.FileField()
    title = serializers.CharField(max_length=300, required=False, allow_blank=True)


class BookViewSet(GeneratingMixin, ContentViewSet):
    """Books. POST a file as multipart; the answer is the job that reads it."""

    queryset = Book.objects.prefetch_related("characters")
    serializer_class = BookSerializer
    filterset_fields = ["project", "status"]
    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(request={"multipart/form-data": UploadSerializer}, **STARTS)
    @rated(Rate.GENERATION)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Keep the file and answer with the job that reads it."""
        form = UploadSerializer(data={k: request.data.get(k, "") for k in ("project", "title")})
        form.fields["file"].required = False
        form.is_valid(raise_exception=True)
        project = get_visible(
            Project.objects.all(), request.user, pk=form.validated_data["project"]
        )
        require(request.user, Action.EDIT, project.pk)
        filename, content = take(request.FILES.get("file"))
        title = form.validated_data.get("title", "")
        sha256 = hashlib.sha256(content).hexdigest()

        def start() -> Job:
            _, job = start_import(
                project=project,
                actor=request.user,
                filename=filename,
                content=content,
                title=title,
            )
            return job

        body = {"project": project.pk, "title": title, "filename": filename, "sha256": sha256}
        return accept(request, body=body, start=start)

    @extend_schema(request=GenerateBody, **STARTS)
    @action(detail=True, methods=["post"], url_path="plot/generate")
    @rated(Rate.GENERATION)
    def plot_generate(self, request: Request, pk: str) -> HttpResponse:
        """The same as `generate/plot.overview`, in the words of the plot document."""
        body = dict(request.data)
        if "custom_instructions" in body:
            body["instructions"] = body.pop("custom_instructions")
        return self.ask(request, pk, "plot.overview", body=body)

    @extend_schema(request=PlotSaveSerializer, responses={201: PlotSerializer})
    @action(detail=True, methods=["post"], url_path="plot/save")
    def plot_save(self, request: Request, pk: str) -> Response:
        """Write a new version by hand."""
        book = self.get_object()
        form = PlotSaveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        plot = save_plot(book, author=request.user, fields=form.validated_data)
        return Response(PlotSerializer(plot, context={"request": request}).data, status=201)

    @extend_schema(responses={200: PlotSerializer})
    @action(detail=True, methods=["get"])
    def plot(self, request: Request, pk: str) -> Response:
        """The current overview."""
        plot = current_plot(self.get_object())
        return Response(PlotSerializer(plot, context={"request": request}).data)


class ChapterSerializer(ContentSerializer):
    class Meta:
        model = Chapter
        fields = [
            "id", "project", "book", "number", "label", "title", "level", "start", "body", "end",
            "words", "summary", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class ChapterSceneSerializer(ContentSerializer):
    class Meta:
        model = ChapterScene
        fields = ["id", "number", "start", "end", "place", "interior", "time", "reason", "cast"]


class ChapterViewSet(GeneratingMixin, ReadContentViewSet):
    """Chapters of books; `text` gives the normalized text that all spans point into."""

    queryset = Chapter.objects.order_by("book", "number")
    serializer_class = ChapterSerializer
    filterset_fields = ["project", "book"]

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, methods=["get"])
    def text(self, request: Request, pk: str) -> Response:
        """The chapter's text, its id as `origin` of quotes, and its hash."""
        text = self.get_object().text
        return Response({"id": text.pk, "sha256": text.sha256, "text": text.text})

    @extend_schema(responses={200: ChapterSceneSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, filterset_fields=[])
    def scenes(self, request: Request, pk: str) -> Response:
        """The scenes found in the chapter."""
        rows = self.get_object().scenes.prefetch_related("cast")
        return Response(ChapterSceneSerializer(rows, many=True, context={"request": request}).data)
