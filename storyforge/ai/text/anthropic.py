"""Any endpoint that speaks Anthropic's Messages, over Anthropic's SDK."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from storyforge.ai.errors import ProviderMisconfigured, ProviderUnavailable
from storyforge.ai.text import schemas
from storyforge.ai.text.answer import Answer, ErrorEvent
from storyforge.ai.text.base import OnText, TextProvider, TextRequest, TextResult
from storyforge.ai.text.endpoint import Endpoint
from storyforge.ai.text.strict_json import extract_json, parse_json
from storyforge.ai.text.vendor_errors import VendorError, from_body
from storyforge.core.errors import StoryforgeError

if TYPE_CHECKING:
    from anthropic import Anthropic

logger = logging.getLogger(__name__)

STRUCTURED = ("output_config", "prompt")
# The time for one `send` to make headway, not for the whole request.
WRITE_TIMEOUT = 10.0
# Bytes; some gateways send a whole answer in one event.
MAX_EVENT = 8_000_000
NOT_A_WORD = re.compile(r"[^\w.-]+")


class AnthropicText(TextProvider):
    """One model behind one base URL.

    `structured` says how JSON is asked for: `output_config` where the endpoint keeps to a schema by
    itself, `prompt` where the schema must be said in words and the JSON found in the answer.
    `read_timeout` is the longest silence between two bytes; a local model needs 600 s.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str = "",
        base_url: str = "",
        structured: str = "output_config",
        connect_timeout: float = 5.0,
        read_timeout: float = 120.0,
    ) -> None:
        if structured not in STRUCTURED:
            raise ProviderMisconfigured(f"structured must be one of {', '.join(STRUCTURED)}.")
        self.model = model
        self.endpoint = Endpoint.of(base_url)
        self.structured = structured
        self._key = self.endpoint.checked_key(api_key)
        self._timeouts = (connect_timeout, read_timeout)
        self._built: Anthropic | None = None
        self._building = threading.Lock()

    @classmethod
    def load(cls) -> None:
        import anthropic  # noqa: F401
        import httpx2  # noqa: F401

        import storyforge.ai.text.wire  # noqa: F401

    @property
    def is_local(self) -> bool:
        """Whether the base URL is on this machine."""
        return self.endpoint.is_loopback

    def close(self) -> None:
        """Close the connections."""
        with self._building:
            if self._built is not None:
                self._built.close()
            self._built = None

    def complete(
        self,
        request: TextRequest,
        *,
        on_text: OnText | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> TextResult:
        """Stream the answer and return it whole; see `TextProvider.complete`."""
        started = time.monotonic()
        answer = Answer(on_text)
        failure = self._stream(request, answer, should_stop)
        if failure is None:
            failure, data = self._read(request, answer)
        if failure is not None:
            answer.mark(failure)
            # Outside of any `except`: the SDK's exceptions hold the request with the key in it.
            raise failure.with_traceback(None)
        return TextResult(
            text=answer.text,
            data=data,
            model=answer.model or self.model,
            usage=answer.usage,
            request_id=answer.request_id,
            seconds=time.monotonic() - started,
        )

    def _stream(
        self, request: TextRequest, answer: Answer, should_stop: Callable[[], bool] | None
    ) -> StoryforgeError | None:
        """Fill `answer`; what went wrong is returned, as nothing of the SDK's may be its context."""
        import anthropic
        import httpx2

        from storyforge.ai.text.wire import watching

        client = self._client()
        parameters = self._parameters(request)
        try:
            with (
                watching(should_stop) as watch,
                client.messages.create(**parameters, stream=True) as stream,
            ):
                answer.request_id = stream.response.headers.get("request-id", "")[:100]
                _require_event_stream(stream.response)
                # Not the SDK's own reader: it takes 22 s over an event of 70 MB that never ends.
                for event in httpx2.EventSource(stream.response, MAX_EVENT):
                    watch.ask()
                    if event.data:
                        answer.take(event.data)
        except StoryforgeError as error:
            return error
        except ErrorEvent as error:
            return self._told(error.error)
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            return self._translated(error)
        return None

    def _read(self, request: TextRequest, answer: Answer) -> tuple[StoryforgeError | None, Any]:
        try:
            answer.check_ending()
            if request.schema is None:
                answer.plain_text()
                return None, None
            if self.structured == "prompt":
                return None, extract_json(answer.text)
            return None, parse_json(answer.text)
        except StoryforgeError as error:
            return error, None

    def _client(self) -> Anthropic:
        import anthropic
        import httpx2

        from storyforge.ai.text.wire import http_client

        connect, read = self._timeouts
        with self._building:
            if self._built is None:
                timeout = httpx2.Timeout(read, connect=connect, write=WRITE_TIMEOUT, pool=connect)
                # All given: what is left out the SDK takes from ANTHROPIC_* variables and profiles,
                # and a key for one endpoint could go to another. Retries are the job's.
                self._built = anthropic.Anthropic(
                    api_key=self._key,
                    base_url=self.endpoint.url,
                    timeout=timeout,
                    max_retries=0,
                    http_client=http_client(
                        timeout=timeout, key=self._key, proxy=self.endpoint.proxy
                    ),
                    # A compressed answer could be small on the wire and endless in memory.
                    default_headers={"Accept-Encoding": "identity"},
                )
            return self._built

    def _parameters(self, request: TextRequest) -> dict[str, Any]:
        system = [request.system] if request.system else []
        parameters: dict[str, Any] = {
            "model": self.model,
            "max_tokens": request.max_tokens,
            "messages": [{"role": "user", "content": _content(request)}],
        }
        if request.schema is not None:
            schema = schemas.without_marks(request.schema)
            if self.structured == "prompt":
                system.append(schemas.as_text(schema))
            else:
                parameters["output_config"] = {"format": self._format(schema)}
        if system:
            parameters["system"] = "\n\n".join(system)
        return parameters

    def _format(self, schema: dict[str, Any]) -> dict[str, Any]:
        from anthropic import transform_schema

        # Anthropic refuses limits and wants them in descriptions; elsewhere they drive the grammar.
        fitting = transform_schema(schema) if self.endpoint.is_cloud else schema
        return {"type": "json_schema", "schema": fitting}

    def _translated(self, error: Exception) -> StoryforgeError:
        import anthropic
        import httpx2

        if isinstance(error.__cause__, StoryforgeError):
            # Raised by us at the socket, wrapped by the SDK.
            return error.__cause__
        if isinstance(error, anthropic.APIStatusError):
            return self._told(
                from_body(
                    error.body,
                    status=error.status_code,
                    headers=error.response.headers,
                    request_id=error.request_id or "",
                )
            )
        logger.warning("provider=%s failed=%s", self.endpoint.host, type(error).__name__)
        if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
            return ProviderUnavailable("The AI service did not answer in time.")
        if isinstance(error, httpx2.SSEError):
            return ProviderUnavailable("The AI service sent something that is no answer.")
        return ProviderUnavailable("The connection to the AI service failed.")

    def _told(self, error: VendorError) -> StoryforgeError:
        """Log what the vendor said, for the operator, and give our error for it."""
        failure = error.failure()
        # What is said about the key may quote it; what is said about the request helps to repair it.
        message = error.message[:300] if error.status not in (401, 403) else ""
        logger.warning(
            "provider=%s status=%d type=%s error_code=%s request_id=%s retry_after=%.1f message=%r",
            self.endpoint.host,
            error.status,
            NOT_A_WORD.sub("_", error.kind),
            NOT_A_WORD.sub("_", error.code),
            NOT_A_WORD.sub("_", error.request_id),
            error.retry_after,
            message.replace(self._key, "[key]"),
        )
        return failure


def _content(request: TextRequest) -> str | list[dict[str, Any]]:
    """The prompt; what other calls share stands in a block of its own, for the endpoint to cache.

    System text comes before it, so it is cached with it.
    """
    if not 0 < request.shared < len(request.prompt):
        return request.prompt
    return [
        {
            "type": "text",
            "text": request.prompt[: request.shared],
            "cache_control": {"type": "ephemeral"},
        },
        {"type": "text", "text": request.prompt[request.shared :]},
    ]


def _require_event_stream(response: Any) -> None:
    kind = response.headers.get("content-type", "")
    if not kind.lower().startswith("text/event-stream"):
        raise ProviderUnavailable(
            "The AI service did not answer with an event stream. Is the base URL right?"
        )
