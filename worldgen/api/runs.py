"""Runs of a world: ask for one, watch it, hold it, compare it, undo it; phases, restarts, stale rows."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.errors import NotFound, StateConflict
from storyforge.core.rates import Rate, rated
from storyforge.jobs import trees
from storyforge.jobs.answers import STARTS, accept, accept_order
from storyforge.jobs.models import Job
from storyforge.jobs.orders import order
from storyforge.projects.access import get_visible
from storyforge.projects.api import ReadContentViewSet
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.api.base import InCampaign, row_named, table_named
from worldgen.api.run_shapes import (
    DIFFERENCE,
    REASONS,
    ROLLED_BACK,
    RegenerateBody,
    RestartBody,
    RollbackBody,
    RunBody,
    RunDetail,
    RunSummary,
    StaleRows,
    Status,
)
from worldgen.edits.editing import locked
from worldgen.errors import RowProtected
from worldgen.generations.world_rollback import ROLLBACK, ask_rollback
from worldgen.keeping import comparing, stale
from worldgen.keeping.rollback import refuse_unfit, work_out
from worldgen.models import GenerationRun
from worldgen.rows import key_of, load_rows
from worldgen.secrets import visible
from worldgen.views.phase_status import phase_status
from worldgen.views.reader import Reader

WORLD_RUN = "world.run"


class RunViewSet(ReadContentViewSet):
    """Runs of worlds, newest first."""

    queryset = GenerationRun.objects.select_related("job").order_by("-created_at", "-pk")
    serializer_class = RunSummary
    filterset_fields = ["project", "campaign", "state", "mode"]
    actions = {
        "diff": Action.VIEW_SECRETS,
        "pause": Action.GENERATE,
        "resume": Action.GENERATE,
        "cancel": Action.GENERATE,
        "rollback": Action.GENERATE,
    }

    def get_serializer_class(self) -> Any:
        return RunSummary if self.action == "list" else RunDetail

    @extend_schema(request=None, responses={200: RunDetail})
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Begin no part any more; what is being written is finished and kept."""
        return self._moved(Job.pause)

    @extend_schema(request=None, responses={200: RunDetail})
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on after a pause."""
        return self._moved(Job.resume)

    @extend_schema(request=None, responses={200: RunDetail})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End the run; its rows stay. Undoing them is a choice of its own."""
        return self._moved(trees.cancel)

    def _moved(self, move: Any) -> Response:
        run = self.get_object()
        if run.job is None:
            raise StateConflict
        move(run.job)
        return Response(RunDetail(self.get_object()).data)

    @extend_schema(request=RollbackBody, responses=ROLLED_BACK, parameters=STARTS["parameters"])
    @action(detail=True, methods=["post"])
    @rated(Rate.GENERATION)
    def rollback(self, request: Request, pk: str) -> HttpResponse:
        """Undo the run, as a job. With `dry_run`: 200 with what it would do, row by row where one stays."""
        run = self.get_object()
        form = RollbackBody(data=request.data)
        form.is_valid(raise_exception=True)
        refuse_unfit(run)
        if form.validated_data["dry_run"]:
            return Response(work_out(run).report())
        return accept(
            request,
            body={"kind": ROLLBACK, "target": run.pk},
            start=lambda: ask_rollback(run, actor=request.user),
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("against", str, description="Another run; else before this one began.")
        ],
        responses={200: DIFFERENCE},
    )
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, pk: str) -> Response:
        """Rows added, changed field by field (from, to) and dropped, from before the run to after it."""
        run = self.get_object()
        other = request.query_params.get("against")
        against = None
        if other:
            runs = GenerationRun.objects.filter(campaign=run.campaign_id)
            against = get_visible(runs, request.user, pk=other)
        found = comparing.of_runs(run, against=against)
        return Response({"added": found.added, "changed": found.changed, "dropped": found.dropped})


class AskingView(InCampaign):
    """A view whose POST asks for a run of the campaign."""

    needs = {"post": Action.GENERATE}

    def ask(self, request: Request, body: dict[str, Any]) -> HttpResponse:
        """The 202 of a run with this body, through the one path that makes jobs."""
        made = order(WORLD_RUN, target=self.campaign, actor=request.user, body=body)
        return accept_order(request, made)


class RunsView(AskingView):
    """Ask for a run of a campaign."""

    @extend_schema(request=RunBody, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str) -> HttpResponse:
        """202 with the run's job. 409 `run_in_progress`, `phase_needs_missing`, `nothing_to_do`."""
        return self.ask(request, request.data)


class PhasesOfCampaign(InCampaign):
    """Where the world stands."""

    @extend_schema(responses=Status(many=True))
    def get(self, request: Request, campaign_pk: str) -> Response:
        """Nine milestones, or three in the plain mode."""
        milestones = phase_status(Reader(self.campaign, request.user))
        return Response(Status(milestones, many=True).data)


class RestartView(AskingView):
    """Write a phase anew."""

    @extend_schema(request=RestartBody, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str, phase: str) -> HttpResponse:
        """A new attempt at the phase, or at some of its tables; people's rows get candidates."""
        codes = [p.code for p in phases.PHASES if phase in (p.code, p.group)]
        if not codes:
            raise NotFound
        form = validated_body(RestartBody, request)
        own = {table for code in codes for table in phases.by_code(code).tables}
        if others := sorted(set(form.get("tables", ())) - own):
            raise serializers.ValidationError({"tables": [f"{others[0]!r} is not in this phase."]})
        mode = "table" if form.get("tables") else "phase"
        return self.ask(request, {**form, "mode": mode, "phases": codes})


class RegenerateView(AskingView):
    """Write one row anew."""

    @extend_schema(request=RegenerateBody, **STARTS)
    @rated(Rate.GENERATION)
    def post(self, request: Request, campaign_pk: str, table: str, key: str) -> HttpResponse:
        """The row keeps its code. 409 `row_protected` for one that a person made their own.

        Of a relation table, all rows that start from the same row are written.
        """
        model = table_named(table)
        row = row_named(visible(request.user, model.objects.filter(campaign=self.campaign)), key)
        form = validated_body(RegenerateBody, request)
        if row.is_protected:
            raise RowProtected("A person made this row their own; no run changes it.")
        wanted = key_of(model, load_rows([row])[row.pk])
        return self.ask(
            request,
            {**form, "mode": "row", "rows": {table: [wanted]}},
        )


class StaleView(InCampaign):
    """Rows that were made from something which has changed since."""

    needs = {"get": Action.VIEW_SECRETS}

    @extend_schema(responses={200: REASONS})
    def get(self, request: Request, campaign_pk: str) -> Response:
        """Table to row to what has changed: codes, `campaign`, `table`, or `roster` for a dropped line."""
        return Response(stale.reasons(self.campaign))


class AcceptStaleView(InCampaign):
    """Take stale rows as they are."""

    @extend_schema(request=StaleRows, responses={200: StaleRows})
    def post(self, request: Request, campaign_pk: str) -> Response:
        """They count as made from what there is now. Answers the rows that were named.

        404 `unknown_rows` where one of them is not there; then none is accepted.
        """
        rows = stale_rows(request)
        with transaction.atomic():
            stale.accept(locked(self.campaign), rows)
        return Response({"rows": rows})


class RemoveDroppedView(InCampaign):
    """Remove rows that their roster no longer lists."""

    @extend_schema(request=StaleRows, responses={204: None})
    def post(self, request: Request, campaign_pk: str) -> Response:
        """409 `not_dropped` for any other row, or one that another row needs; then nothing is removed."""
        rows = stale_rows(request)
        places = [(table, key) for table, keys in rows.items() for key in keys]
        with transaction.atomic():
            locked(self.campaign)
            stale.remove_dropped(self.campaign, places, actor_id=request.user.pk)
        return Response(status=204)


def stale_rows(request: Request) -> dict[str, list[str]]:
    """The rows that a body names, by table. Raises `UnknownTable`."""
    form = StaleRows(data=request.data)
    form.is_valid(raise_exception=True)
    rows: dict[str, list[str]] = form.validated_data["rows"]
    for table in rows:
        table_named(table)
    return rows


def validated_body(shape: Any, request: Request) -> dict[str, Any]:
    """The fields that a body gives, checked."""
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    if unknown := sorted(set(request.data) - set(form.fields)):
        raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
    return dict(form.validated_data)
