from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import mixins, serializers, viewsets

from storyforge.accounts.models import ProviderKey
from storyforge.accounts.tokens import InPerson

SHORTEST = 16  # characters; no provider gives out shorter ones, and four of them are shown
PLAIN = r"^[!-~]+$"  # visible ASCII: a key is sent as a header


class ProviderKeySerializer(serializers.ModelSerializer[ProviderKey]):
    key = serializers.RegexField(
        PLAIN, min_length=SHORTEST, max_length=500, write_only=True, help_text="Never shown again."
    )
    endpoint = serializers.CharField(
        max_length=200, required=False, help_text="One that the operator allows; else the first."
    )
    model = serializers.RegexField(r"^[\w.:/@-]+$", max_length=100, required=False)

    class Meta:
        model = ProviderKey
        fields = ["id", "endpoint", "model", "key", "last4", "created_at"]
        read_only_fields = ["last4", "created_at"]

    def validate_endpoint(self, endpoint: str) -> str:
        if endpoint not in settings.AI_KEY_ENDPOINTS:
            allowed = ", ".join(settings.AI_KEY_ENDPOINTS)
            raise serializers.ValidationError(f"Keys may be sent to: {allowed}.")
        return endpoint

    def create(self, validated_data: dict[str, Any]) -> ProviderKey:
        return ProviderKey.keep(
            self.context["request"].user,
            endpoint=validated_data.get("endpoint") or settings.AI_KEY_ENDPOINTS[0],
            model=validated_data.get("model") or settings.AI_TEXT_MODEL,
            key=validated_data["key"],
        )


class ProviderKeyViewSet(
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """One's own key for a provider of models. A new one takes the place of the one before."""

    permission_classes = [InPerson]
    serializer_class = ProviderKeySerializer
    queryset = ProviderKey.objects.none()

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ProviderKey.objects.none()
        return ProviderKey.objects.filter(user=self.request.user.pk).order_by("-pk")
