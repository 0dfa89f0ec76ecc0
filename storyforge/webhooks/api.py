from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from storyforge.core.errors import StoryforgeError
from storyforge.core.outbound import MAX_URL, check_url
from storyforge.projects.access import require
from storyforge.projects.api import ContentSerializer, ContentViewSet, ReadContentViewSet
from storyforge.projects.roles import Action
from storyforge.webhooks import announcements
from storyforge.webhooks.models import Delivery, Endpoint, Event


class WebhookSerializer(ContentSerializer):
    url = serializers.CharField(max_length=MAX_URL, help_text="https, at a public address.")
    events = serializers.ListField(
        child=serializers.ChoiceField(Event.choices),
        allow_empty=False,
        max_length=len(Event),
        required=False,
        help_text="What to tell; everything when left out.",
    )
    enabled = serializers.BooleanField(required=False)
    off = serializers.CharField(
        read_only=True, help_text="Why nothing is told: person, gone or failing; else empty."
    )
    secret = serializers.SerializerMethodField(
        help_text="Signs the messages. Shown when it is made and when it is replaced, else null."
    )

    class Meta:
        model = Endpoint
        fields = [
            "id", "project", "url", "description", "events", "enabled", "off", "failing_since",
            "old_secret_until", "secret", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["failing_since", "old_secret_until"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_secret(self, endpoint: Endpoint) -> str | None:
        return endpoint.shown_secret

    def validate_url(self, url: str) -> str:
        try:
            return check_url(url)
        except StoryforgeError as error:
            raise serializers.ValidationError(error.message) from error

    def validate_events(self, events: list[str]) -> list[str]:
        return sorted(set(events))

    def create(self, validated_data: dict[str, Any]) -> Endpoint:
        return Endpoint.start(**validated_data)

    def update(self, instance: Endpoint, validated_data: dict[str, Any]) -> Endpoint:
        instance.change(**validated_data)
        return instance


class TrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="The receiver's answer.")
    error_code = serializers.CharField(help_text="Why there was no answer; else empty.")
    seconds = serializers.FloatField(allow_null=True)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    message_id = serializers.CharField(
        read_only=True, help_text="The `webhook-id`, the same on every try."
    )
    tries = TrySerializer(many=True, read_only=True)
    job_url = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = [
            "id", "project", "endpoint", "message_id", "event", "job_url", "status", "tries",
            "next_try_at", "delivered_at", "body", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_job_url(self, delivery: Delivery) -> str | None:
        return reverse("job-detail", args=[delivery.subject]) if delivery.subject else None


class OwnersOnly:
    """The owner alone sees a project's webhooks: their addresses often are secrets themselves."""

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "list" and not getattr(self, "swagger_fake_view", False):
            return rows.allowed_to(self.request.user, Action.ADMIN)
        return rows

    def needed(self) -> Action:
        return Action.ADMIN


class WebhookViewSet(OwnersOnly, ContentViewSet):
    """Addresses that are told when the jobs of a project end. For the project's owner."""

    queryset = Endpoint.objects.order_by("-created_at")
    serializer_class = WebhookSerializer
    filterset_fields = ["project"]

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        require(self.request.user, Action.ADMIN, serializer.validated_data["project"].pk)
        self.answered = serializer.save()

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Replace the secret; the answer shows the new one. Both sign for 24 hours."""
        endpoint = self.get_object()
        endpoint.rotate()
        return Response(self.get_serializer(endpoint).data)

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Send a message of type `webhook.test`; look at the delivery for what came of it."""
        return Response(DeliverySerializer(announcements.ping(self.get_object())).data, status=202)


class DeliveryViewSet(OwnersOnly, ReadContentViewSet):
    """What was told, with every try. Newest first; for the project's owner."""

    queryset = Delivery.objects.order_by("-created_at")
    serializer_class = DeliverySerializer
    filterset_fields = ["project", "endpoint", "status", "event", "subject"]

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:
        """Send the message again: the same id, the same bytes."""
        delivery = self.get_object()
        announcements.replay(delivery)
        return Response(self.get_serializer(delivery).data, status=202)
