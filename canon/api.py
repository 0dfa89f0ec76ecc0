from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from canon.archetypes import score_archetypes
from canon.characters import new_character
from canon.models import Alias, Archetype, Character, CharacterArchetype, Utterance
from storyforge.core.api import IdFilterSet
from storyforge.generation.api import GeneratingMixin
from storyforge.projects.api import ContentSerializer, ContentViewSet, ReadContentViewSet


class ArchetypeSerializer(serializers.ModelSerializer[Archetype]):
    class Meta:
        model = Archetype
        fields = [
            "id", "code", "set", "name", "category", "description", "traits", "typical_roles",
            "example_characters",
        ]  # fmt: skip
        read_only_fields = fields


class ArchetypeViewSet(viewsets.ReadOnlyModelViewSet):
    """The active archetypes, for everybody."""

    queryset = Archetype.objects.filter(is_active=True)
    serializer_class = ArchetypeSerializer
    permission_classes = [AllowAny]
    authentication_classes = []
    filterset_fields = ["set", "category"]


class AliasSerializer(ContentSerializer):
    class Meta:
        model = Alias
        fields = ["id", "project", "character", "text", "case_sensitive", "evidence", "created_at"]
        read_only_fields = ["evidence", "created_at"]


class AliasViewSet(ContentViewSet):
    """Names the text uses for characters."""

    queryset = Alias.objects.order_by("text")
    serializer_class = AliasSerializer
    filterset_fields = ["project", "character"]


class CharacterArchetypeSerializer(serializers.ModelSerializer[CharacterArchetype]):
    name = serializers.CharField(source="archetype.name", read_only=True)

    class Meta:
        model = CharacterArchetype
        fields = ["archetype", "name", "weight", "reasons"]
        read_only_fields = fields


class CharacterSerializer(ContentSerializer):
    aliases = serializers.SlugRelatedField(slug_field="text", many=True, read_only=True)
    archetypes = CharacterArchetypeSerializer(source="archetype_links", many=True, read_only=True)
    confirm = serializers.ListField(
        child=serializers.ChoiceField(choices=[(f, f) for f in Character.PROFILE]),
        write_only=True,
        required=False,
        help_text="Profile fields to confirm as they stand.",
    )

    class Meta:
        model = Character
        fields = [
            "id", "project", "code", "name", *Character.PROFILE, "gender", "aliases", "archetypes",
            "mentions", "spoken_words", "field_state", "is_active", "generation_method",
            "model_used", "job", "confirm", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = [
            "code", "mentions", "spoken_words", "field_state", "generation_method", "model_used",
            "job", "created_at", "updated_at",
        ]  # fmt: skip

    def create(self, validated_data: dict[str, Any]) -> Character:
        validated_data.pop("confirm", None)
        return new_character(**validated_data)

    def update(self, instance: Character, validated_data: dict[str, Any]) -> Character:
        confirmed = set(validated_data.pop("confirm", []))
        with transaction.atomic():
            # Another writer may be filling fields of the same row right now.
            row = Character.objects.select_for_update().get(pk=instance.pk)
            for name, value in validated_data.items():
                if name in Character.PROFILE and value != getattr(row, name):
                    confirmed.add(name)
                setattr(row, name, value)
            for name in confirmed:
                row.confirm(name)
            names = [*validated_data, "field_state", "updated_at"]
            row.save(update_fields=names)
        return row


class CharacterFilter(IdFilterSet):
    archetype = django_filters.CharFilter(field_name="archetype_links__archetype__code")
    book = django_filters.UUIDFilter(field_name="books")

    class Meta:
        model = Character
        fields = ["project", "role", "is_active"]


class CharacterViewSet(GeneratingMixin, ContentViewSet):
    """The cast of a project."""

    queryset = Character.objects.prefetch_related("aliases", "archetype_links__archetype")
    serializer_class = CharacterSerializer
    filterset_class = CharacterFilter


class UtteranceSerializer(serializers.ModelSerializer[Utterance]):
    class Meta:
        model = Utterance
        fields = [
            "id", "project", "code", "origin", "start", "end", "text", "speaker", "cue_text",
            "method", "confidence",
        ]  # fmt: skip
        read_only_fields = fields


class UtteranceViewSet(ReadContentViewSet):
    """Who says what, where, and how sure that is."""

    queryset = Utterance.objects.order_by("origin", "start")
    serializer_class = UtteranceSerializer
    filterset_fields = ["project", "origin", "speaker", "method"]


class DescriptionSerializer(serializers.Serializer[Any]):
    character_description = serializers.CharField(max_length=10_000)


class AnalyzeArchetypesView(APIView):
    """Score a description against the active archetypes; each score names the words that caused it."""

    @extend_schema(request=DescriptionSerializer, responses={200: {"type": "object"}})
    def post(self, request: Request) -> Response:
        form = DescriptionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        scores = score_archetypes(form.validated_data["character_description"])
        return Response(
            {
                "generation_method": "rules",
                "archetypes": [
                    {
                        "code": s.archetype.code,
                        "name": s.archetype.name,
                        "weight": round(s.weight, 3),
                        "reasons": [r.model_dump() for r in s.reasons],
                    }
                    for s in scores
                ],
            }
        )
