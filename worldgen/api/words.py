"""The vocabulary of a campaign: names of open rules documents, in from a file, listed, out again."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.api import Pages
from storyforge.core.parsing import StrictJSONParser, strict_json
from storyforge.core.rates import Rate, rated
from worldgen.api.quality import PAGE, ForGameMasters
from worldgen.exchange.vocabulary import content_of, named, take
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


class VocabularyReport(serializers.Serializer[Any]):
    """What an import has done."""

    added = serializers.DictField(child=serializers.IntegerField(), help_text="Names by kind.")
    known = serializers.IntegerField(help_text="Names that were there already.")
    left_out = serializers.IntegerField(help_text="Records without a name or a known kind.")


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

    @extend_schema(
        request={"multipart/form-data": VocabularyBody}, responses={201: VocabularyReport}
    )
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str) -> Response:
        """Take the names of a file; those that are there already stay as they are."""
        form = VocabularyBody(data=request.data)
        form.is_valid(raise_exception=True)
        body = form.validated_data
        report = take(
            self.campaign,
            strict_json(content_of(body.pop("file"))),
            **{name: value for name, value in body.items() if value},
        )
        return Response(VocabularyReport(report).data, status=201)

    @extend_schema(parameters=[KIND], responses={204: None})
    def delete(self, request: Request, campaign_pk: str) -> Response:
        """Forget all names, or those of one `kind`. What is written already stays."""
        named(self.campaign, kind=request.query_params.get("kind", "")).delete()
        return Response(status=204)
