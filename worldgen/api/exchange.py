"""Worlds as files, out and in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.core.downloads import attachment
from storyforge.core.parsing import StrictJSONParser
from storyforge.core.rates import Rate, rated
from storyforge.jobs.answers import STARTS, accept
from storyforge.jobs.create import create_job
from storyforge.projects.access import get_visible, require
from storyforge.projects.models import Project
from storyforge.projects.roles import Action
from worldgen.api.quality import ForGameMasters, OneOf
from worldgen.exchange.exporting import FORMATS, file_of
from worldgen.exchange.staging import fingerprint, stage_world
from worldgen.models import WorldExport


class FormatSerializer(serializers.Serializer[Any]):
    """In which form: everything as JSON, or a document to read and print."""

    format = serializers.RegexField(rf"^({'|'.join(FORMATS)})$", default="json")


class WorldExportSerializer(serializers.ModelSerializer[WorldExport]):
    """A file made of a world."""

    format = serializers.CharField(read_only=True)

    class Meta:
        model = WorldExport
        fields = ["id", "campaign", "format", "filename", "rows", "job", "created_at"]
        read_only_fields = fields


class ExportView(ForGameMasters):
    """Write the whole world to a file, as a job."""

    @extend_schema(request=FormatSerializer, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str) -> HttpResponse:
        form = FormatSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        body = {"format": form.validated_data["format"]}
        return accept(
            request,
            body={**body, "campaign": self.campaign.pk},
            start=lambda: create_job(
                "world.export",
                project=self.campaign.project,
                actor=request.user,
                target_type="campaign",
                target_id=self.campaign.pk,
                payload=body,
            ),
        )


class ExportsView(ForGameMasters):
    """The last files made of this world."""

    @extend_schema(responses=WorldExportSerializer(many=True))
    def get(self, request: Request, campaign_pk: str) -> Response:
        rows = WorldExport.objects.filter(campaign=self.campaign).defer("content")
        return Response(WorldExportSerializer(rows, many=True).data)


class ExportFileView(OneOf):
    """One of these files."""

    queryset = WorldExport.objects.all()
    records = WorldExport.objects.all()

    @extend_schema(
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/markdown"): OpenApiTypes.BINARY,
        }
    )
    def get(self, request: Request, pk: str) -> HttpResponse:
        return attachment(file_of(self.found(request, pk)))


class ImportBody(serializers.Serializer[Any]):
    """A world file, and whether it is only to be looked at."""

    project = serializers.UUIDField()
    file = serializers.FileField()
    dry_run = serializers.BooleanField(default=False)
    name = serializers.CharField(
        max_length=80, required=False, help_text="Another name than the one in the file."
    )


class ImportView(APIView):
    """Bring a world as a new campaign: all of it or, where one row is refused, nothing."""

    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportBody}, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request) -> HttpResponse:
        """A job that reads the file. Its result names the campaign, with `dry_run` what it would be.

        The result has `campaign`, `rows` by table, `duplicates` (campaigns of this name or content) and, of a
        dry run, `issues`: why rows are refused. A job that refuses rows fails with `invalid_row`.
        """
        project_id = serializers.UUIDField().run_validation(request.data.get("project", ""))
        project = get_visible(Project.objects.all(), request.user, pk=project_id)
        require(request.user, Action.EDIT, project.pk)
        form = ImportBody(data=request.data)
        form.is_valid(raise_exception=True)
        asked = dict(form.validated_data)
        file = asked.pop("file")
        told = {"name": asked.get("name", ""), "dry_run": asked["dry_run"]}
        return accept(
            request,
            body={"project": project.pk, **told, **fingerprint(file)},
            start=lambda: stage_world(project=project, actor=request.user, upload=file, **told),
        )
