from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from storyforge.core.api import IdFilterSet
from storyforge.jobs import events, registry, trees
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import JobActive, JobNotFinished
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.stream import EventStreamRenderer, stream
from storyforge.projects.api import ScopedViewSetMixin
from storyforge.projects.roles import Action

RETRY_AFTER_SECONDS = 2


class JobSerializer(serializers.ModelSerializer[Job]):
    job_id = serializers.UUIDField(source="id", read_only=True)
    kind_label = serializers.SerializerMethodField()
    state = serializers.CharField(read_only=True)
    target = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    usage = serializers.SerializerMethodField()
    cost = serializers.SerializerMethodField()
    error_message = serializers.SerializerMethodField()
    result_url = serializers.SerializerMethodField()
    events_url = serializers.SerializerMethodField()
    cancel_url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id", "job_id", "project", "kind", "kind_label", "status", "state", "writer", "target",
            "actor", "attempt", "max_attempts", "progress", "created_at", "started_at",
            "completed_at", "cancel_requested_at", "deadline_at", "retry_of", "usage", "cost",
            "error", "error_message", "result_url", "events_url", "cancel_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_kind_label(self, job: Job) -> str:
        return registry.label(job.kind)

    @extend_schema_field({"type": "object", "properties": {"type": {}, "id": {}}})
    def get_target(self, job: Job) -> dict[str, Any] | None:
        return {"type": job.target_type, "id": job.target_id} if job.target_id else None

    @extend_schema_field({"type": "object", "properties": {"done": {}, "total": {}, "label": {}}})
    def get_progress(self, job: Job) -> dict[str, Any]:
        return {
            "done": job.progress_done,
            "total": job.progress_total,
            "label": job.progress_label,
        }

    @extend_schema_field({"type": "object"})
    def get_usage(self, job: Job) -> dict[str, int]:
        return {"input_tokens": job.input_tokens, "output_tokens": job.output_tokens}

    @extend_schema_field({"type": "object"})
    def get_cost(self, job: Job) -> dict[str, Any]:
        return {"spent_micros": job.spent_micros, "currency": "USD"}

    def get_error_message(self, job: Job) -> str:
        return job.error["message"] if job.error else ""

    def get_result_url(self, job: Job) -> str:
        return reverse("job-result", args=[job.pk])

    def get_events_url(self, job: Job) -> str:
        return reverse("job-events", args=[job.pk])

    def get_cancel_url(self, job: Job) -> str:
        return reverse("job-cancel", args=[job.pk])


class EventSerializer(serializers.ModelSerializer[JobEvent]):
    class Meta:
        model = JobEvent
        fields = ["job_id", "seq", "type", "at", "attempt", "data"]
        read_only_fields = fields


class JobAccepted(Response):
    """202 with the job, where to look for it and when."""

    def __init__(self, job: Job, request: Request) -> None:
        headers = {
            "Location": reverse("job-detail", args=[job.pk]),
            "Retry-After": str(RETRY_AFTER_SECONDS),
            "Cache-Control": "no-store",
        }
        body = JobSerializer(job, context={"request": request}).data
        super().__init__(body, status=202, headers=headers)


ACCEPTED = OpenApiResponse(JobSerializer, "Accepted: a job; poll `Location`.")


class JobFilter(IdFilterSet):
    """`ids=a,b,c` answers for a whole page in one request; `state=active` are the unfinished."""

    ids = django_filters.CharFilter(method="by_ids", label="Job ids, comma separated")
    state = django_filters.ChoiceFilter(
        method="by_state", choices=[("active", "active"), ("ended", "ended")]
    )
    target = django_filters.UUIDFilter(field_name="target_id")

    class Meta:
        model = Job
        fields = ["status", "kind", "project", "actor"]

    def by_ids(self, rows: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        try:
            return rows.filter(pk__in=[UUID(part) for part in value.split(",")[:100]])
        except ValueError:
            return rows.none()

    def by_state(self, rows: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        unfinished = {"status__in": Job.UNFINISHED}
        return rows.filter(**unfinished) if value == "active" else rows.exclude(**unfinished)


class JobViewSet(
    ScopedViewSetMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Every slow thing: its state, progress, events, result. Poll with `If-None-Match`."""

    queryset = Job.objects.order_by("-created_at")
    serializer_class = JobSerializer
    filterset_class = JobFilter
    actions = {
        "cancel": Action.GENERATE,
        "retry": Action.GENERATE,
        "destroy": Action.EDIT,
    }

    def perform_destroy(self, instance: Job) -> None:
        instance.delete_finished()

    @extend_schema(request=None, responses={200: JobSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Pending: canceled at once (200). Running: asked to stop (202). Ended: unchanged (200)."""
        job = self.get_object()
        trees.cancel(job)
        job.refresh_from_db()
        code = 202 if job.status == Job.Status.RUNNING else 200
        return Response(self.get_serializer(job).data, status=code)

    @extend_schema(request=None, responses={202: ACCEPTED})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """A new job that asks for the same again."""
        job = self.get_object()
        if not job.is_terminal:
            raise JobActive
        again = create_job(
            job.kind,
            project=job.project,
            actor=request.user,
            target_type=job.target_type,
            target_id=job.target_id,
            payload=job.input,
            writer=job.writer,
            retry_of=job,
        )
        return JobAccepted(again, request)

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, methods=["get"])
    def result(self, request: Request, pk: str) -> Response:
        """What the finished job made; 409 while it is unfinished."""
        job = self.get_object()
        if not job.is_terminal:
            raise JobNotFinished(job_status=job.status)
        body = JobSerializer(job, context={"request": request}).data
        return Response({**body, "result": job.result})

    @extend_schema(
        responses={
            (200, "application/json"): EventSerializer(many=True),
            (200, "text/event-stream"): OpenApiTypes.STR,
            204: OpenApiResponse(description="The job has ended and all has been told."),
        },
        parameters=[
            OpenApiParameter("after", int, description="The last event you know; 0 for all."),
            OpenApiParameter(
                "Last-Event-ID", int, OpenApiParameter.HEADER, description="Wins over `after`."
            ),
        ],
    )
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        filterset_class=None,
        renderer_classes=[JSONRenderer, EventStreamRenderer],
    )
    def events(self, request: Request, pk: str) -> HttpResponseBase:
        """What happened, numbered without gaps: a page of 500, or by `Accept` a stream that goes on.

        The stream first sends what you do not know yet, then each event as it happens, and ends
        after the last one.
        """
        job = self.get_object()
        after = _last_known(request)
        wants_stream = request.accepted_renderer.media_type == EventStreamRenderer.media_type
        if wants_stream and request.method == "GET":
            return stream(request, job, after=after)
        return Response(EventSerializer(events.page(job.pk, after), many=True).data)


def _last_known(request: Request) -> int:
    """The number of the last event the client knows; 0 for what is no number."""
    query = request.query_params.get("after", "")
    known = request.headers.get("Last-Event-ID", query)
    return int(known) if known.isdecimal() and len(known) < 9 else 0
