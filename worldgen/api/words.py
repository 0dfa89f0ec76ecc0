"""The vocabulary of a campaign: names of open rules documents, in from a file, listed, out again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.api import Pages
from storyforge.core.parsing import StrictJSONParser
from storyforge.core.rates import Rate, rated
from storyforge.jobs.answers import STARTS, accept
from worldgen.api.quality import PAGE, ForGameMasters
from worldgen.exchange.staging import fingerprint, stage_vocabulary
from worldgen.exchange.vocabulary import named
from worldgen.models import VocabularyEntry

KIND = OpenApiParameter("kind", str, enum=list(VocabularyEntry.KINDS))
SEARCH = OpenApiParameter("q", str, description="A part of the name.")


class VocabularySerializer(serializers.ModelSerializer[VocabularyEntry]):
    """A name that writers may use."""

    kind = serializers.CharField(read_only=True)

    class Meta:
        model = VocabularyEntry
        fields = ["id", "kind", "name", "detail", "challenge_rating", "source", "attribution"]
        read_only_fields = fields


class VocabularyBody(serializers.Serializer[Any]):
    """A JSON file of names. Files of the SRD 5.1 say themselves what they are; others need all three words."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(
        choices=VocabularyEntry.KINDS, required=False, help_text="Of records that do not say it."
    )
    source = serializers.CharField(
        max_length=80, required=False, help_text="The document; not needed for the SRD 5.1."
    )
    attribution = serializers.CharField(
        max_length=600, required=False, help_text="The sentence that its license asks for."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("source")) != bool(attrs.get("attribution")):
            raise serializers.ValidationError("Give source and attribution together.")
        return attrs


class VocabularyView(ForGameMasters):
    """Names that writers of this world may use, with where they are from."""

    parser_classes = [StrictJSONParser, MultiPartParser]
    pagination_class = Pages  # for the schema

    @extend_schema(parameters=[KIND, SEARCH, *PAGE], responses=VocabularySerializer(many=True))
    def get(self, request: Request, campaign_pk: str) -> Response:
        asked = request.query_params
        return self.page(
            named(self.campaign, kind=asked.get("kind", ""), part=asked.get("q", "")),
            VocabularySerializer,
        )

    @extend_schema(request={"multipart/form-data": VocabularyBody}, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str) -> HttpResponse:
        """A job that takes the names of a file; those that are there already stay as they are.

        Its result has `added` (names by kind), `known` and `left_out` (records without a name or a known kind).
        """
        form = VocabularyBody(data=request.data)
        form.is_valid(raise_exception=True)
        told = dict(form.validated_data)
        file = told.pop("file")
        return accept(
            request,
            body={"campaign": self.campaign.pk, **told, **fingerprint(file)},
            start=lambda: stage_vocabulary(
                campaign=self.campaign, actor=request.user, upload=file, **told
            ),
        )

    @extend_schema(parameters=[KIND], responses={204: None})
    def delete(self, request: Request, campaign_pk: str) -> Response:
        """Forget all names, or those of one `kind`. What is written already stays."""
        named(self.campaign, kind=request.query_params.get("kind", "")).delete()
        return Response(status=204)
