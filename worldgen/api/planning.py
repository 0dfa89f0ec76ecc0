"""What a run would take, and what a model would be shown: nothing is made and nobody is called."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.errors import NotFound
from storyforge.generation.context import estimate_tokens
from storyforge.jobs.orders import validated
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.api.base import InCampaign, table_named
from worldgen.generations.world_run import WorldRequest, estimated
from worldgen.prompting.previews import first_part, preview
from worldgen.runs.run_wishes import BUDGET

TABLE = OpenApiParameter("table", str, description="The first rows of this table instead.")


class WorldEstimateBody(serializers.Serializer[Any]):
    """The wishes of a run, as `world.run` takes them."""

    writer = serializers.ChoiceField(choices=["auto", "model", "rules"], required=False)
    writers = serializers.DictField(
        child=serializers.ChoiceField(choices=["model", "rules"]), required=False
    )
    budget_micros = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text=BUDGET
    )


class WorldEstimateSerializer(serializers.Serializer[Any]):
    """Figures of a run without repairs. Money is in micro-dollars.

    `cost_micros` is without any cache, `cached_cost_micros` with one that always answers, `reserved_micros`
    what is set aside when the run begins.
    """

    writer = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    calls = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    shared_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_micros = serializers.IntegerField()
    cached_cost_micros = serializers.IntegerField()
    reserved_micros = serializers.IntegerField()
    minutes = serializers.FloatField()
    tokens_per_second = serializers.FloatField()
    currency = serializers.CharField()


class EstimateView(InCampaign):
    """Calls, tokens, money and minutes of a run, before it is asked for."""

    needs: ClassVar[dict[str, Action]] = {"post": Action.GENERATE}

    @extend_schema(request=WorldEstimateBody, responses=WorldEstimateSerializer)
    def post(self, request: Request, campaign_pk: str) -> Response:
        wish = validated(WorldRequest, request.data)
        return Response(estimated(self.campaign, wish).as_json())


class PreviewView(InCampaign):
    """The next call of a phase, byte for byte as it would be sent."""

    needs: ClassVar[dict[str, Action]] = {"get": Action.VIEW_SECRETS}

    @extend_schema(parameters=[TABLE], responses={200: {"type": "object"}})
    def get(self, request: Request, campaign_pk: str, phase: str) -> Response:
        """409 `nothing_to_preview` where phases before it are missing."""
        if phase not in {known.code for known in phases.PHASES}:
            raise NotFound
        table = request.query_params.get("table", "")
        if table:
            table_named(table)
        part = first_part(self.campaign, phase, table=table, mode=self.campaign.phase_mode)
        told = preview(self.campaign, part)
        return Response(
            {
                "part": part.key,
                "system": told.system,
                "prompt": told.prompt,
                "schema": told.schema,
                "max_tokens": told.max_tokens,
                "shared_characters": told.shared,
                "tokens": estimate_tokens(told.system + told.prompt),
            }
        )
