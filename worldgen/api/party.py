"""The party and the facts of its backstories. A player reads the backstory of their own character only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.api import Pages
from storyforge.core.fields import TypedJSONField, check_shape
from storyforge.core.rates import Rate, rated
from storyforge.generation.api import GenerateBody, GeneratingMixin
from storyforge.jobs.answers import STARTS, accept_order
from storyforge.jobs.orders import order
from storyforge.projects.access import Seen, require
from storyforge.projects.api import ContentSerializer, ReadContentViewSet
from storyforge.projects.models import Membership, Project, ProjectContent
from storyforge.projects.roles import Action
from worldgen.api.base import InCampaign, row_named
from worldgen.edits.party import (
    add_character,
    add_fact,
    delete_character,
    delete_fact,
    edit_fact,
)
from worldgen.models import PCFact, PlayerCharacter

#: What only its player and the game masters see of a player character.
PRIVATE = ("backstory", "goals", "bonds")


class InCampaignSerializer(ContentSerializer):
    """Content of the campaign in the URL; lists and objects are held to their shapes."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        campaign = self.context["campaign"]
        for name, value in attrs.items():
            field = self.Meta.model._meta.get_field(name)
            if isinstance(field, TypedJSONField):
                self._check_shape(name, field.of, value)
            if isinstance(value, ProjectContent) and value.project_id != campaign.project_id:
                message = f'Invalid pk "{value.pk}" - object does not exist.'
                raise serializers.ValidationError({name: [message]})
        return attrs

    def _check_shape(self, name: str, of: Any, value: Any) -> None:
        try:
            check_shape(of, value)
        except ValidationError as error:
            raise serializers.ValidationError({name: error.messages}) from error


class PlayerCharacterSerializer(InCampaignSerializer):
    """One of the party. `player` is the membership of whoever plays them."""

    player = serializers.IntegerField(
        source="member",
        allow_null=True,
        required=False,
        min_value=1,
        max_value=2**62,
        help_text="The id of a member, as `projects/{id}/members` lists them.",
    )

    class Meta:
        model = PlayerCharacter
        fields = [
            "id", "campaign", "code", "name", "race_text", "class_text", "level", *PRIVATE,
            "player", "canon_character", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["campaign", "code", "created_at", "updated_at"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = "member" in attrs
        wanted = attrs.pop("member", None)
        attrs = super().validate(attrs)
        if named:
            members = Membership.objects.filter(project=self.context["campaign"].project_id)
            user = members.filter(pk=wanted).values_list("user", flat=True).first()
            if wanted is not None and user is None:
                raise serializers.ValidationError(
                    {"player": ["Nobody of the project has this id."]}
                )
            attrs["player_id"] = user
        return attrs

    def to_representation(self, instance: PlayerCharacter) -> dict[str, Any]:
        found = super().to_representation(instance)
        reader = self.context["request"].user
        if instance.player_id == reader.pk or instance.project_id in self.context["led"]:
            return found
        return {name: value for name, value in found.items() if name not in PRIVATE}


class FactSerializer(InCampaignSerializer):
    """One thing a backstory says. `pc` is the code of the player character, and stays."""

    pc = serializers.CharField(source="pc.code", max_length=12)

    class Meta:
        model = PCFact
        fields = [
            "id", "campaign", "pc", "code", "kind", "text", "span_start", "span_end", "must_use",
            "origin", "is_confirmed", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["campaign", "code", "origin", "created_at", "updated_at"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        code = attrs.pop("pc", {}).get("code")
        if self.instance is not None:
            if code not in (None, self.instance.pc.code):
                raise serializers.ValidationError({"pc": ["A fact stays with its character."]})
            return attrs
        pc = PlayerCharacter.objects.filter(campaign=self.context["campaign"], code=code).first()
        if pc is None:
            raise serializers.ValidationError({"pc": ["The party has nobody of this code."]})
        return {**attrs, "pc": pc}


def with_member(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Player characters with the membership of who plays them."""
    members = Membership.objects.filter(project=OuterRef("project"), user=OuterRef("player"))
    return rows.annotate(member=Subquery(members.values("pk")[:1]))


def led_by(user: Any) -> set[Any]:
    """The projects in which this user is a game master."""
    mine = Project.objects.allowed_to(user, Action.VIEW_SECRETS)
    return set(mine.values_list("pk", flat=True))


class PartyView(InCampaign):
    """Base of the views on the party."""

    shape: type[InCampaignSerializer] = PlayerCharacterSerializer

    def form(self, *args: Any, **kwargs: Any) -> Any:
        """The serializer, with all it must know."""
        context = {
            "request": self.request,
            "campaign": self.campaign,
            "led": led_by(self.request.user),
        }
        return self.shape(*args, context=context, **kwargs)

    def characters(self) -> QuerySet[Any]:
        """The party of this campaign."""
        return with_member(PlayerCharacter.objects.filter(campaign=self.campaign))

    def facts(self) -> QuerySet[Any]:
        """The facts that the caller may read: a player's own ones."""
        rows = PCFact.objects.filter(campaign=self.campaign).select_related("pc")
        return rows if self.sees_secrets() else rows.filter(pc__player=self.request.user.pk)

    def listed(self, rows: QuerySet[Any]) -> Response:
        """A page of them."""
        pages = Pages()
        page = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response(self.form(page, many=True).data)

    def checked(self, *args: Any, **kwargs: Any) -> Any:
        """A form with a body that is accepted."""
        form = self.form(*args, data=self.request.data, **kwargs)
        form.is_valid(raise_exception=True)
        return form

    def changed(self, row: Any) -> None:
        """Save what the body changes, and nothing else."""
        values = self.checked(row, partial=True).validated_data
        type(row).objects.filter(pk=row.pk).update(**values, updated_at=Now())


class CharactersView(PartyView):
    """The party."""

    pagination_class = Pages  # for the schema

    @extend_schema(responses=PlayerCharacterSerializer(many=True))
    def get(self, request: Request, campaign_pk: str) -> Response:
        return self.listed(self.characters())

    @extend_schema(request=PlayerCharacterSerializer, responses={201: PlayerCharacterSerializer})
    def post(self, request: Request, campaign_pk: str) -> Response:
        row = add_character(self.campaign, self.checked().validated_data)
        return Response(self.form(self.characters().get(pk=row.pk)).data, status=201)


class CharacterView(PartyView):
    """One of the party, by code or id."""

    @extend_schema(responses=PlayerCharacterSerializer)
    def get(self, request: Request, campaign_pk: str, key: str) -> Response:
        return Response(self.form(row_named(self.characters(), key)).data)

    @extend_schema(request=PlayerCharacterSerializer, responses=PlayerCharacterSerializer)
    def patch(self, request: Request, campaign_pk: str, key: str) -> Response:
        row = row_named(self.characters(), key)
        self.changed(row)
        return Response(self.form(self.characters().get(pk=row.pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, campaign_pk: str, key: str) -> Response:
        """Delete with its facts; rows that were tied to it are tied to nobody."""
        delete_character(row_named(self.characters(), key), editor=self.editor())
        return Response(status=204)


class ExtractFactsView(PartyView):
    """Read the facts of one backstory, as a job."""

    needs = {"post": Action.GENERATE}

    @extend_schema(request=GenerateBody, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str, key: str) -> HttpResponse:
        """The same as `generate/world.pc_facts` on the player character."""
        pc = row_named(self.characters().select_related("project"), key)
        made = order("world.pc_facts", target=pc, actor=request.user, body=request.data)
        return accept_order(request, made)


class FactsView(PartyView):
    """The facts of all backstories; `pc` narrows to one character."""

    shape = FactSerializer
    pagination_class = Pages  # for the schema

    @extend_schema(
        parameters=[OpenApiParameter("pc", str, description="A code, such as pc1.")],
        responses=FactSerializer(many=True),
    )
    def get(self, request: Request, campaign_pk: str) -> Response:
        rows = self.facts()
        if pc := request.query_params.get("pc"):
            rows = rows.filter(pc__code=pc)
        return self.listed(rows)

    @extend_schema(request=FactSerializer, responses={201: FactSerializer})
    def post(self, request: Request, campaign_pk: str) -> Response:
        values = self.checked().validated_data
        return Response(self.form(add_fact(values.pop("pc"), values)).data, status=201)


class FactView(PartyView):
    """One fact, by code or id."""

    shape = FactSerializer

    @extend_schema(responses=FactSerializer)
    def get(self, request: Request, campaign_pk: str, key: str) -> Response:
        facts = PCFact.objects.filter(campaign=self.campaign).select_related("pc")
        fact = row_named(facts, key)
        if fact.pc.player_id != request.user.pk:
            require(request.user, Action.VIEW_SECRETS, self.campaign.project_id)
        return Response(self.form(fact).data)

    @extend_schema(request=FactSerializer, responses=FactSerializer)
    def patch(self, request: Request, campaign_pk: str, key: str) -> Response:
        """Change a fact; what a person wrote is not read anew, and the rows that use it are stale."""
        row = row_named(self.facts(), key)
        edit_fact(row, self.checked(row, partial=True).validated_data)
        return Response(self.form(self.facts().get(pk=row.pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, campaign_pk: str, key: str) -> Response:
        """Delete a fact. 409 `row_in_use` where it is all that ties somebody to the party."""
        delete_fact(row_named(self.facts(), key), editor=self.editor())
        return Response(status=204)


class ConfirmFactView(PartyView):
    """A person has looked at a fact and found it right."""

    shape = FactSerializer

    @extend_schema(request=None, responses=FactSerializer)
    def post(self, request: Request, campaign_pk: str, key: str) -> Response:
        row = row_named(self.facts(), key)
        PCFact.objects.filter(pk=row.pk).update(is_confirmed=True, updated_at=Now())
        return Response(self.form(self.facts().get(pk=row.pk)).data)


class PlayerCharacterViewSet(GeneratingMixin, ReadContentViewSet):
    """The player characters of all campaigns one sees; they are changed below their campaign."""

    queryset = PlayerCharacter.objects.order_by("campaign", "code")
    serializer_class = PlayerCharacterSerializer
    filterset_fields = ["project", "campaign"]

    def get_queryset(self) -> QuerySet[Any]:
        return with_member(super().get_queryset())

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "led": led_by(self.request.user)}

    def get_target(self, request: Request, pk: str) -> Seen[ProjectContent]:
        """A preview shows the whole backstory."""
        seen = super().get_target(request, pk)
        if self.action == "preview":
            seen.require(Action.VIEW_SECRETS)
        return seen
