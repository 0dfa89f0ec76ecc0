"""OpenAPI: every operation may answer with a problem document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class Problem(serializers.Serializer[dict[str, Any]]):
    """An RFC 9457 problem document."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    error_code = serializers.CharField()
    request_id = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]


def only_modern_paths(endpoints: list[Any]) -> list[Any]:
    """The spellings of the requirement documents answer too, but are not advertised."""
    return [each for each in endpoints if each[0].startswith("/api/v1/")]


class ProblemSchema(AutoSchema):
    """Adds the problem document as the default response of each operation."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            component = self.resolve_serializer(Problem, "response")
            operation["responses"].setdefault(
                "default",
                {
                    "description": "A problem document; `error_code` is stable.",
                    "content": {"application/problem+json": {"schema": component.ref}},
                },
            )
        return operation
