"""The door of requests to the strict JSON parser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from storyforge.core.errors import StoryforgeError
from storyforge.core.strict import MalformedJson, strict_json


class BodyTooLarge(StoryforgeError):
    """The body is larger than allowed."""

    code = "body_too_large"
    status = 413


class StrictJSONParser(JSONParser):
    """DRF's door to `strict_json`; an empty body is an empty object."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        except OSError as error:
            raise ParseError("The body ended early.") from error
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLarge(f"At most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
        value = strict_json(body) if body.strip() else {}
        if not isinstance(value, dict):
            raise MalformedJson("The body must be a JSON object.")
        return value
