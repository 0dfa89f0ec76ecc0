from __future__ import annotations

from typing import Any

from rest_framework import mixins, serializers, viewsets

from storyforge.accounts import second_factor
from storyforge.accounts.models import APIToken
from storyforge.accounts.tokens import InPerson


class TokenSerializer(serializers.ModelSerializer[APIToken]):
    class Meta:
        model = APIToken
        fields = ["id", "name", "scope", "expires_at", "last_used_at", "created_at"]
        read_only_fields = ["last_used_at", "created_at"]

    def create(self, validated_data: dict[str, Any]) -> APIToken:
        token, secret = APIToken.issue(
            self.context["request"].user,
            factor_shown=second_factor.is_behind(self.context["request"]),
            name=validated_data["name"],
            scope=validated_data.get("scope", APIToken.Scope.READ),
            expires_at=validated_data.get("expires_at"),
        )
        token.secret = secret
        return token


class NewTokenSerializer(TokenSerializer):
    """The answer that makes a token is the only one with its secret."""

    secret = serializers.CharField(read_only=True, help_text="Shown once.")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "secret"]


class TokenViewSet(
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """One's own API tokens; deleting one revokes it at once. A token makes and sees no others."""

    permission_classes = [InPerson]
    serializer_class = TokenSerializer
    queryset = APIToken.objects.none()

    def get_serializer_class(self) -> type[TokenSerializer]:
        return NewTokenSerializer if self.action == "create" else TokenSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return APIToken.objects.none()
        return APIToken.objects.filter(user=self.request.user.pk).order_by("-created_at")
