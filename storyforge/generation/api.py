from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.rates import Rate, rated
from storyforge.generation.context import assemble
from storyforge.generation.models import PromptPart, Receipt
from storyforge.generation.reading import readable
from storyforge.generation.requests import generation_for
from storyforge.jobs.answers import STARTS, accept_order
from storyforge.jobs.orders import order, validated
from storyforge.jobs.queues import WriterWish
from storyforge.projects.access import Seen, see
from storyforge.projects.api import ReadContentViewSet
from storyforge.projects.models import ProjectContent

KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, description="See `GET /api/v1/kinds`.")


class GenerateBody(serializers.Serializer[Any]):
    """The fields every kind takes; `GET /api/v1/kinds` lists each kind's own schema."""

    instructions = serializers.CharField(max_length=4_000, required=False, allow_blank=True)
    writer = serializers.ChoiceField(choices=WriterWish.choices, required=False)


class GeneratingMixin:
    """Adds `generate/<kind>` and its preview to a content viewset."""

    queryset: Any

    def get_target(self, request: Request, pk: str) -> Seen[ProjectContent]:
        """The row to generate for; raises `NotFound` for what the caller may not see."""
        return see(self.queryset.model, request.user, pk)

    @extend_schema(
        request=GenerateBody,
        responses=STARTS["responses"],
        parameters=[KIND, *STARTS["parameters"]],
    )
    @action(detail=True, methods=["post"], url_path=r"generate/(?P<kind>[a-z0-9_.]+)")
    @rated(Rate.GENERATION)
    def generate(self, request: Request, pk: str, kind: str) -> HttpResponse:
        """Ask for a generation; answers 202 with its job."""
        return self.ask(request, pk, kind, body=request.data)

    def ask(self, request: Request, pk: str, kind: str, *, body: Mapping[str, Any]) -> HttpResponse:
        """The answer to asking for this kind on the row in the URL."""
        seen = self.get_target(request, pk)
        made = order(kind, target=seen.row, actor=request.user, body=body, role=seen.role)
        return accept_order(request, made)

    @extend_schema(request=GenerateBody, responses={200: {"type": "object"}}, parameters=[KIND])
    @action(detail=True, methods=["post"], url_path=r"generate/(?P<kind>[a-z0-9_.]+)/preview")
    def preview(self, request: Request, pk: str, kind: str) -> Response:
        """What a model would be shown: the same assembler, the same bytes, no call."""
        target = self.get_target(request, pk).row
        spec = generation_for(kind, target)
        wish = validated(spec.request, request.data)
        assembled = assemble(
            spec.sections(target, wish), budget=spec.context_budget, fence="data-preview"
        )
        items = [
            {
                "title": i.title,
                "code": i.code,
                "tokens": i.tokens,
                "state": i.state,
                "reason": i.reason,
            }
            for i in assembled.items
        ]
        return Response({"tokens": assembled.tokens, "items": items, "text": assembled.text})


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    class Meta:
        model = Receipt
        fields = [
            "id", "project", "job", "step", "writer", "model", "assembler_version", "prompt_hash",
            "parts", "items", "input_tokens", "output_tokens", "cost_micros", "price_known",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ReceiptViewSet(ReadContentViewSet):
    """What each result was made from. A single receipt carries the prompt's text."""

    queryset = Receipt.objects.order_by("created_at", "step")
    serializer_class = ReceiptSerializer
    filterset_fields = ["job", "project", "writer"]

    def get_queryset(self) -> Any:
        return readable(self.request.user, super().get_queryset())

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, methods=["get"])
    def prompt(self, request: Request, pk: str) -> Response:
        """The exact text that was sent, part by part."""
        receipt = self.get_object()
        texts = dict(
            PromptPart.objects.filter(
                project=receipt.project_id, sha256__in=receipt.parts
            ).values_list("sha256", "text")
        )
        return Response({"parts": [texts.get(sha, "") for sha in receipt.parts]})
