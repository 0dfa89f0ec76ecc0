"""A job as clients see it, and the one answer to a request that starts one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.reverse import reverse

from storyforge.jobs import idempotency, registry, waiting
from storyforge.jobs.costs import Cost, cost_of, of_units
from storyforge.jobs.models import Job
from storyforge.jobs.orders import Order
from storyforge.jobs.places import places
from storyforge.money.dollars import MICROS

RETRY_AFTER_SECONDS = 2


class TargetSerializer(serializers.Serializer[Any]):
    type = serializers.CharField()
    id = serializers.UUIDField()


class ProgressSerializer(serializers.Serializer[Job]):
    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")
    label = serializers.CharField(source="progress_label")  # type: ignore[assignment]


class CostSerializer(serializers.Serializer[Any]):
    reserved_micros = serializers.IntegerField(help_text="Set aside and not yet spent.")
    spent_micros = serializers.IntegerField(help_text="Of a run: with all its units.")
    currency = serializers.CharField()


class UsageSerializer(serializers.Serializer[Any]):
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()


class JobErrorSerializer(serializers.Serializer[Any]):
    error_code = serializers.CharField()
    message = serializers.CharField()
    retryable = serializers.BooleanField()
    attempts = serializers.IntegerField()
    detail_id = serializers.CharField(
        default="", help_text="Under which the operator's log tells more."
    )


class JobSerializer(serializers.ModelSerializer[Job]):
    """Every job has all these fields; `job_id` and `error_message` serve older clients."""

    job_id = serializers.UUIDField(source="id", read_only=True)
    kind_label = serializers.SerializerMethodField()
    state = serializers.CharField(read_only=True)
    waits_for = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="`provider`: an AI service that rests or asks us to slow down. `units`: parts of its own.",
    )
    target = serializers.SerializerMethodField()
    progress = ProgressSerializer(source="*", read_only=True)
    queue_position = serializers.SerializerMethodField()
    next_attempt_at = serializers.DateTimeField(read_only=True, allow_null=True)
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    parent_id = serializers.UUIDField(read_only=True, allow_null=True)
    cost = serializers.SerializerMethodField()
    generation_cost = serializers.SerializerMethodField(
        help_text="What it has cost, in US dollars."
    )
    usage = serializers.SerializerMethodField()
    error = JobErrorSerializer(read_only=True, allow_null=True)
    error_message = serializers.SerializerMethodField()
    result_url = serializers.SerializerMethodField()
    events_url = serializers.SerializerMethodField()
    cancel_url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id", "job_id", "project", "target", "actor", "kind", "kind_label", "status", "state",
            "waits_for", "writer", "attempt", "max_attempts", "progress", "queue_position", "partial",
            "created_at", "started_at", "completed_at", "next_attempt_at", "cancel_requested_at",
            "paused_at", "deadline_at", "expires_at", "retry_of", "parent_id", "cost",
            "generation_cost", "usage", "error", "error_message", "result_url", "events_url",
            "cancel_url", "schema_version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_kind_label(self, job: Job) -> str:
        return registry.label(job.kind)

    @extend_schema_field(TargetSerializer(allow_null=True))
    def get_target(self, job: Job) -> dict[str, Any] | None:
        return {"type": job.target_type, "id": job.target_id} if job.target_id else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_queue_position(self, job: Job) -> int | None:
        """From 1; null where the job does not wait for a worker, and in the answer that starts it."""
        return self._places.get(job.pk)

    @cached_property
    def _places(self) -> dict[UUID, int]:
        """Of all jobs that are shown together, in one query."""
        if "places" in self.context:
            given: dict[UUID, int] = self.context["places"]
            return given
        return places(job.pk for job in self._shown() if job.status == Job.Status.PENDING)

    @cached_property
    def _units(self) -> dict[UUID, Cost]:
        """The sums of the runs that are shown together, in one query."""
        if "units" in self.context:
            given: dict[UUID, Cost] = self.context["units"]
            return given
        return of_units(self._shown())

    def _shown(self) -> Iterable[Job]:
        shown: Any = self.parent.instance if self.parent else [self.instance]
        return list(shown)

    @extend_schema_field(CostSerializer)
    def get_cost(self, job: Job) -> dict[str, Any]:
        cost = cost_of(job, self._units)
        return {
            "reserved_micros": cost.reserved_micros,
            "spent_micros": cost.spent_micros,
            "currency": "USD",
        }

    @extend_schema_field(UsageSerializer)
    def get_usage(self, job: Job) -> dict[str, Any]:
        cost = cost_of(job, self._units)
        return {"input_tokens": cost.input_tokens, "output_tokens": cost.output_tokens}

    def get_generation_cost(self, job: Job) -> float:
        return cost_of(job, self._units).spent_micros / MICROS

    def get_error_message(self, job: Job) -> str:
        return job.error["message"] if job.error else ""

    def get_result_url(self, job: Job) -> str:
        return reverse("job-result", args=[job.pk])

    def get_events_url(self, job: Job) -> str:
        return reverse("job-events", args=[job.pk])

    def get_cancel_url(self, job: Job) -> str:
        return reverse("job-cancel", args=[job.pk])


ACCEPTED = OpenApiResponse(JobSerializer, "Accepted: a job; poll `Location`.")
DONE = OpenApiResponse(JobSerializer, "The finished job, where `Prefer: wait` was honored.")
STARTS: dict[str, Any] = {
    "responses": {202: ACCEPTED, 200: DONE},
    "parameters": [
        OpenApiParameter(
            idempotency.HEADER,
            str,
            OpenApiParameter.HEADER,
            description="The same key with the same request gets the same answer, for 48 hours.",
        ),
        OpenApiParameter(
            "Prefer",
            str,
            OpenApiParameter.HEADER,
            description="`wait=N`, 1 to 30: answer with the finished job if it ends within N seconds.",
        ),
    ],
}


def accept_order(request: Request, order: Order) -> HttpResponse:
    """The answer to a request that asks for this order: see `accept`."""
    body = {"kind": order.handler.kind, "target": order.target.pk, "input": order.input}
    body |= {"priority": order.priority}
    if order.max_cost_micros is not None:
        body |= {"max_cost_micros": order.max_cost_micros}
    return accept(request, body=body, start=order.create)


def accept(request: Request, *, body: Mapping[str, Any], start: Callable[[], Job]) -> HttpResponse:
    """Start a job and answer 202 with it; every door that starts one ends here.

    `body` is what was asked for, validated: with the same `Idempotency-Key` it gets the same answer and no
    second job. 200 with the finished job where the client prefers to wait and it ends in time.
    """
    accepted = idempotency.once(_claim(request, body), start=start, show=_show)
    seconds = 0 if accepted.replayed else waiting.wish(request.headers.get("Prefer"))
    ended = waiting.wait_for_end(accepted.job_id, seconds) if seconds else None
    answer = HttpResponse(accepted.body, status=202, content_type="application/json")
    if ended is not None:
        shown = JSONRenderer().render(JobSerializer(ended).data)
        answer = HttpResponse(shown, content_type="application/json")
        answer["Preference-Applied"] = f"wait={seconds}"
    else:
        answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if accepted.replayed:
        answer["Idempotent-Replayed"] = "true"
    answer["Location"] = reverse("job-detail", args=[accepted.job_id])
    answer["Cache-Control"] = "no-store"
    return answer


def _claim(request: Request, body: Mapping[str, Any]) -> idempotency.Claim | None:
    key = idempotency.read_key(request.headers.get(idempotency.HEADER))
    if not key or not request.user.is_authenticated:
        return None
    return idempotency.Claim(
        actor=request.user,
        key=key,
        fingerprint=idempotency.fingerprint(
            method=str(request.method), path=request.path, body=body
        ),
    )


def _show(job: Job) -> bytes:
    """The job's body; its place in line is left to the first poll. One just begun has no units."""
    rendered: bytes = JSONRenderer().render(_alone().to_representation(job))
    return rendered


@cache
def _alone() -> JobSerializer:
    """Shows one job after the other: making a serializer takes longer than using it."""
    return JobSerializer(context={"places": {}, "units": {}})
