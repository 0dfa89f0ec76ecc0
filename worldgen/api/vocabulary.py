"""What worlds are made of, the same for everybody: phases, and the shapes of rows."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.core.errors import NotFound
from worldgen import phases, schemas
from worldgen.api.base import table_named

OBJECT = {200: {"type": "object", "additionalProperties": True}}
OBJECTS = {200: {"type": "array", "items": {"type": "object", "additionalProperties": True}}}


class PhaseSerializer(serializers.Serializer[Any]):
    """A phase: what it makes, and which phases come before it."""

    code = serializers.CharField()
    title = serializers.CharField()
    focus = serializers.CharField()
    tables = serializers.ListField(child=serializers.CharField())
    needs = serializers.ListField(child=serializers.CharField())
    reads = serializers.ListField(child=serializers.CharField())


class PhasesView(APIView):
    """The nine phases."""

    @extend_schema(responses=PhaseSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = [
            {
                "code": phase.code,
                "title": phase.title,
                "focus": phase.focus,
                "tables": phase.tables,
                "needs": phases.needs(phase.code),
                "reads": phase.reads,
            }
            for phase in phases.PHASES
        ]
        return Response(found)


class PhaseSchemaView(APIView):
    """The tools of a phase, `emit_<table>` for each table."""

    @extend_schema(responses=OBJECTS)
    def get(self, request: Request, phase: str) -> Response:
        if phase not in {known.code for known in phases.PHASES}:
            raise NotFound
        return Response(schemas.bundle(phase))


class TableSchemaView(APIView):
    """The JSON Schema of the rows of one table."""

    @extend_schema(responses=OBJECT)
    def get(self, request: Request, table: str) -> Response:
        table_named(table)
        return Response(schemas.table_schema(table))
