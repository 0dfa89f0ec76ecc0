from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.core.api import IdFilterSet, KeyPages
from storyforge.core.problems import MEDIA_TYPE, problem
from storyforge.core.rates import Rate, rated
from storyforge.jobs import events, registry, trees
from storyforge.jobs.answers import STARTS, JobSerializer, accept, accept_order
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import (
    CannotPause,
    JobActive,
    JobNotFinished,
    JobTerminal,
    ResultExpired,
)
from storyforge.jobs.models import Job, JobEvent
from storyforge.jobs.orders import askable, is_asked_for, read_order
from storyforge.jobs.polling import poll
from storyforge.jobs.queues import Priority, WriterWish
from storyforge.jobs.stream import EventStreamRenderer, stream
from storyforge.projects.access import require
from storyforge.projects.api import ScopedViewSetMixin
from storyforge.projects.roles import Action

# The statuses that the plot document gives to its four codes; `result` of a failed job answers with them.
PROMISED = {
    "PLOT_GENERATION_FAILED": 400,
    "SUBSCRIPTION_LIMIT_EXCEEDED": 402,
    "INTERNAL_ERROR": 500,
    "AI_SERVICE_UNAVAILABLE": 503,
}


class EventSerializer(serializers.ModelSerializer[JobEvent]):
    class Meta:
        model = JobEvent
        fields = ["job_id", "seq", "type", "at", "attempt", "data"]
        read_only_fields = fields


class JobTargetSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="As `GET /api/v1/kinds` names it.")
    id = serializers.UUIDField()


class NewJobSerializer(serializers.Serializer[Any]):
    """Describes the body; `orders.read_order` reads it."""

    kind = serializers.CharField(max_length=60)
    project = serializers.UUIDField(required=False)
    target = JobTargetSerializer()
    input = serializers.DictField(required=False, help_text="In the kind's own schema.")
    writer = serializers.ChoiceField(choices=WriterWish.choices, required=False)
    priority = serializers.ChoiceField(choices=["normal", "low"], required=False)
    max_cost_micros = serializers.IntegerField(
        required=False, help_text="Refuse the job if it may cost more, in US dollars / 1,000,000."
    )


class MostSerializer(serializers.Serializer[Any]):
    most_micros = serializers.IntegerField(help_text="US dollars / 1,000,000.")
    currency = serializers.CharField()


class EstimateSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    writer = serializers.CharField()
    cost = MostSerializer()
    seconds = serializers.FloatField(
        allow_null=True, help_text="Mean of the last such jobs of the project; null without any."
    )


class ResultSerializer(JobSerializer):
    result = serializers.DictField(allow_null=True, read_only=True)

    class Meta(JobSerializer.Meta):
        fields = [*JobSerializer.Meta.fields, "result"]
        read_only_fields = fields


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
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Every slow thing: its state, progress, events, result. Poll with `If-None-Match`."""

    queryset = Job.objects.order_by("-created_at", "-pk")
    serializer_class = JobSerializer
    filterset_class = JobFilter
    pagination_class = KeyPages
    actions = {
        "cancel": Action.GENERATE,
        "pause": Action.GENERATE,
        "resume": Action.GENERATE,
        "retry": Action.GENERATE,
        "destroy": Action.EDIT,
    }

    @extend_schema(
        responses={200: JobSerializer, 304: OpenApiResponse(description="As you know it.")},
        parameters=[
            OpenApiParameter(
                "If-None-Match",
                str,
                OpenApiParameter.HEADER,
                description="The last answer's `ETag`: 304 without a body while it holds.",
            )
        ],
    )
    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        """One job. Poll with `If-None-Match`."""
        polled = poll(request.user, pk)
        known = parse_etags(request.headers.get("If-None-Match", ""))
        answer: HttpResponse
        if polled.tag in known:
            answer = HttpResponse(status=304)
        else:
            context = {**self.get_serializer_context(), "places": polled.places}
            body = JobSerializer(polled.job, context={**context, "units": polled.units})
            answer = Response(body.data)
        answer["ETag"] = polled.tag
        return answer

    @extend_schema(request=NewJobSerializer, **STARTS)
    @rated(Rate.GENERATION)
    def create(self, request: Request) -> HttpResponse:
        """Ask for any kind of `GET /api/v1/kinds`; the doors of each kind do the same."""
        return accept_order(request, read_order(request.data, actor=request.user))

    @extend_schema(request=NewJobSerializer, responses={200: EstimateSerializer})
    @action(detail=False, methods=["post"])
    def estimate(self, request: Request) -> Response:
        """What the same body would cost at most and who would write it; no job is made."""
        return Response(read_order(request.data, actor=request.user).estimate())

    def perform_destroy(self, instance: Job) -> None:
        instance.delete_finished()

    @extend_schema(request=None, responses={200: JobSerializer, 202: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Pending: canceled at once (200). Running: asked to stop (202). Ended: unchanged (200)."""
        job = self.get_object()
        trees.cancel(job)
        job.refresh_from_db()
        return Response(self.get_serializer(job).data, status=200 if job.is_terminal else 202)

    @extend_schema(request=None, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Start nothing of a run, or of a job that waits, until it is resumed."""
        return self._held(self.get_object(), Job.pause)

    @extend_schema(request=None, responses={200: JobSerializer})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on after a pause."""
        return self._held(self.get_object(), Job.resume)

    def _held(self, job: Job, verb: Any) -> Response:
        if job.is_terminal:
            raise JobTerminal(job_status=job.status)
        if not (job.is_run or job.status == Job.Status.PENDING):
            raise CannotPause(job_status=job.status)
        verb(job)
        job.refresh_from_db()
        return Response(self.get_serializer(job).data)

    @extend_schema(request=None, **STARTS)
    @action(detail=True, methods=["post"])
    @rated(Rate.GENERATION)
    def retry(self, request: Request, pk: str) -> HttpResponse:
        """A new job that asks for the same again."""
        job = self.get_object()
        if job.parent is not None and not is_asked_for(job.kind):
            job = job.parent  # only its run can use it: a new one does what is missing
        if not job.is_terminal:
            raise JobActive(job_status=job.status)
        return accept(request, body={}, start=lambda: _again(job, request.user))

    @extend_schema(responses={200: ResultSerializer})
    @action(detail=True, methods=["get"])
    def result(self, request: Request, pk: str) -> Response:
        """What the ended job made: 409 before its end, 410 after `expires_at`.

        A job that failed with one of the codes that the plot document promises answers with that
        document's status, as a problem document with the job in it.
        """
        job = self.get_object()
        if not job.is_terminal:
            raise JobNotFinished(job_status=job.status)
        if job.has_expired():
            raise ResultExpired(expired_at=job.expires_at)
        if registry.is_secret(job.kind):
            require(request.user, Action.VIEW_SECRETS, job.project_id)
        body = self.get_serializer(job).data
        code = job.error["error_code"] if job.error else ""
        if code in PROMISED:
            refused = problem(code, PROMISED[code], body["error_message"], job=body)
            return Response(refused, status=PROMISED[code], content_type=MEDIA_TYPE)
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


def _again(job: Job, actor: Any) -> Job:
    return create_job(
        job.kind,
        project=job.project,
        actor=actor,
        target_type=job.target_type,
        target_id=job.target_id,
        payload=registry.input_of(job),
        writer=job.writer,
        priority=Priority(job.priority),
        max_cost_micros=job.max_cost_micros,
        retry_of=job,
    )


class KindSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    target = serializers.CharField(help_text="The type of row it works on.")
    input = serializers.DictField(help_text="JSON Schema of `input`.")
    schema_version = serializers.IntegerField(help_text="Of that schema; grows when it changes.")


class KindsView(APIView):
    """What can be asked for, and what each takes."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=KindSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "kind": spec.kind,
                    "label": spec.label,
                    "help": spec.help,
                    "target": spec.target._meta.model_name,
                    "input": spec.request.model_json_schema(),
                    "schema_version": registry.version_of(registry.get(spec.kind)),
                }
                for spec in askable()
            ]
        )
