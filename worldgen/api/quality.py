"""What a game master looks through: checks, coverage, drafts, doubtful references, rosters. Not for players."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.core.api import Pages
from storyforge.projects.access import get_visible, require
from storyforge.projects.roles import Action
from worldgen import phases
from worldgen.api.base import InCampaign
from worldgen.api.decisions import FindingSerializer
from worldgen.api.shapes import ROW
from worldgen.checking.cited import coverage
from worldgen.checking.judging import judge
from worldgen.edits.candidates import adopt, differing, row_of, settle
from worldgen.edits.editing import Editor
from worldgen.edits.listing_roster import change_roster
from worldgen.models import CheckReport, ReferenceIssue, RosterLine, RowDraft
from worldgen.rows import load, load_rows
from worldgen.views.presenting import names_of, present

PAGE = [OpenApiParameter("page", int), OpenApiParameter("page_size", int)]


class ForGameMasters(InCampaign):
    """Base of views that players do not open."""

    needs = {"get": Action.VIEW_SECRETS}

    def page(self, rows: QuerySet[Any], shape: Any) -> Response:
        """A page of these rows."""
        pages = Pages()
        found = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response(shape(found, many=True).data)


class ReportSerializer(serializers.Serializer[Any]):
    """What the checks found, and when; null where they never ran."""

    checked_at = serializers.DateTimeField(source="updated_at", allow_null=True)
    findings = FindingSerializer(many=True)


class ChecksView(ForGameMasters):
    """The checks of the world, W01 to W16."""

    @extend_schema(responses=ReportSerializer)
    def get(self, request: Request, campaign_pk: str) -> Response:
        """The last result."""
        report = CheckReport.objects.filter(campaign=self.campaign).first()
        return Response(ReportSerializer(report or {"updated_at": None, "findings": []}).data)

    @extend_schema(request=None, responses=ReportSerializer)
    def post(self, request: Request, campaign_pk: str) -> Response:
        """Run them now."""
        return Response(ReportSerializer(judge(self.campaign)).data)


class CoverageSerializer(serializers.Serializer[Any]):
    """Facts with the rows that cite them, what each of the party lacks, and how it all hangs together."""

    facts = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    missing = serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()))
    orphans = serializers.ListField(child=serializers.CharField())
    largest_share = serializers.FloatField()
    mean_links = serializers.FloatField()
    names = serializers.DictField(child=serializers.CharField())


class CoverageView(ForGameMasters):
    """Where the backstories turn up in the world."""

    @extend_schema(responses=CoverageSerializer)
    def get(self, request: Request, campaign_pk: str) -> Response:
        found = asdict(coverage(load(self.campaign)))
        codes = {code for rows in found["facts"].values() for code in rows}
        codes |= {*found["facts"], *found["missing"], *found["orphans"]}
        codes |= {fact.partition("f")[0] for fact in found["facts"]}
        known = names_of(self.campaign, {code for code in codes if "|" not in code})
        return Response({**found, "names": dict(sorted(known.items()))})


class DraftSerializer(serializers.ModelSerializer[RowDraft]):
    """A row that a run wrote and that is not in the world: an invalid one, or a candidate."""

    table = serializers.CharField(source="table_name", read_only=True)
    key = serializers.CharField(source="row_key", read_only=True)
    kind = serializers.CharField(read_only=True, help_text="invalid or candidate.")

    class Meta:
        model = RowDraft
        fields = ["id", "campaign", "table", "key", "kind", "payload", "issues", "created_at"]
        read_only_fields = fields


class DraftBesideSerializer(DraftSerializer):
    """A draft beside the row that stands, with the fields in which they differ."""

    current = serializers.SerializerMethodField()
    differing = serializers.SerializerMethodField()

    class Meta(DraftSerializer.Meta):
        fields = [*DraftSerializer.Meta.fields, "current", "differing"]
        read_only_fields = fields

    def get_current(self, draft: RowDraft) -> dict[str, Any] | None:
        row = row_of(draft.campaign, draft.table_name, draft.row_key)
        return None if row is None else load_rows([row])[row.pk]

    def get_differing(self, draft: RowDraft) -> list[str]:
        return differing(draft.payload, self.get_current(draft) or {})


class DraftsView(ForGameMasters):
    """What runs wrote and what did not become part of the world."""

    pagination_class = Pages

    @extend_schema(
        parameters=[*PAGE, OpenApiParameter("table", str), OpenApiParameter("kind", str)],
        responses=DraftSerializer(many=True),
    )
    def get(self, request: Request, campaign_pk: str) -> Response:
        rows = RowDraft.objects.filter(campaign=self.campaign).order_by("-created_at", "pk")
        for name, column in (("table", "table_name"), ("kind", "kind")):
            if value := request.query_params.get(name):
                rows = rows.filter(**{column: value})
        return self.page(rows, DraftSerializer)


class AdoptSerializer(serializers.Serializer[Any]):
    """Which fields to take, all where none are named, and what to change on top."""

    fields = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=100, required=False
    )
    changes = serializers.DictField(required=False)


class OneOf(APIView):
    """A record of a campaign by its id; members who are no game masters are refused."""

    records: Any = RowDraft.objects.select_related("campaign__project")
    action_needed = Action.EDIT

    def found(self, request: Request, pk: str) -> Any:
        """The record. Raises `NotFound`, `RoleTooLow`."""
        row = get_visible(self.records.all(), request.user, pk=pk)
        needed = Action.VIEW_SECRETS if request.method == "GET" else Action.EDIT
        require(request.user, needed, row.project_id)
        return row


class DraftView(OneOf):
    """One draft beside the row that stands."""

    queryset = RowDraft.objects.all()

    @extend_schema(responses=DraftBesideSerializer)
    def get(self, request: Request, pk: str) -> Response:
        return Response(DraftBesideSerializer(self.found(request, pk)).data)


class AdoptDraftView(OneOf):
    """Take a draft into the world, whole or field by field."""

    queryset = RowDraft.objects.all()

    @extend_schema(request=AdoptSerializer, responses={200: ROW})
    def post(self, request: Request, pk: str) -> Response:
        draft = self.found(request, pk)
        form = AdoptSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = adopt(draft, editor=Editor(actor_id=request.user.pk), **form.validated_data)
        return Response(present(draft.campaign, [row], secrets=True)[0])


class DiscardDraftView(OneOf):
    """Throw a draft away."""

    queryset = RowDraft.objects.all()

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: str) -> Response:
        self.found(request, pk).delete()
        return Response(status=204)


class IssueSerializer(serializers.ModelSerializer[ReferenceIssue]):
    """A reference that no code settled, and the rows that may be meant."""

    table = serializers.CharField(source="table_name", read_only=True)
    key = serializers.CharField(source="row_key", read_only=True)
    candidates = serializers.SerializerMethodField()

    class Meta:
        model = ReferenceIssue
        fields = [
            "id", "campaign", "table", "key", "field", "raw_value", "reason", "step", "resolution",
            "candidates", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_candidates(self, issue: ReferenceIssue) -> list[dict[str, str]]:
        names = self.context.get("names", {})
        return [{"code": code, "name": names.get(code, "")} for code in issue.candidates]


class IssuesView(ForGameMasters):
    """References to settle; `resolution=open` are those that nobody has settled."""

    pagination_class = Pages

    @extend_schema(
        parameters=[*PAGE, OpenApiParameter("resolution", str), OpenApiParameter("table", str)],
        responses=IssueSerializer(many=True),
    )
    def get(self, request: Request, campaign_pk: str) -> Response:
        rows = ReferenceIssue.objects.filter(campaign=self.campaign).order_by("-created_at", "pk")
        for name, column in (("table", "table_name"), ("resolution", "resolution")):
            if value := request.query_params.get(name):
                rows = rows.filter(**{column: value})
        pages = Pages()
        found = pages.paginate_queryset(rows, request, view=self)
        names = names_of(self.campaign, {code for issue in found for code in issue.candidates})
        shown = IssueSerializer(found, many=True, context={"names": names})
        return pages.get_paginated_response(shown.data)


class MeantSerializer(serializers.Serializer[Any]):
    """The code of the row that was meant; without one the issue is settled as it stands."""

    code = serializers.CharField(max_length=12, required=False, allow_null=True)


class ResolveIssueView(OneOf):
    """Say who was meant."""

    records = ReferenceIssue.objects.select_related("campaign__project")
    queryset = ReferenceIssue.objects.all()

    @extend_schema(request=MeantSerializer, responses=IssueSerializer)
    def post(self, request: Request, pk: str) -> Response:
        issue = self.found(request, pk)
        form = MeantSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        code = form.validated_data.get("code")
        settle(issue, editor=Editor(actor_id=request.user.pk), code=code)
        issue.refresh_from_db()
        names = names_of(issue.campaign, issue.candidates)
        return Response(IssueSerializer(issue, context={"names": names}).data)


class LineSerializer(serializers.ModelSerializer[RosterLine]):
    """A row before its details: name and one line."""

    table = serializers.CharField(source="table_name", read_only=True)

    class Meta:
        model = RosterLine
        fields = [
            "table", "code", "position", "name", "line", "parent_code", "fact_codes", "is_edited",
            "is_dropped",
        ]  # fmt: skip
        read_only_fields = fields


class LineChange(serializers.Serializer[Any]):
    """A change to a line that is there."""

    code = serializers.CharField(max_length=12)
    name = serializers.CharField(max_length=80, required=False)
    line = serializers.CharField(max_length=200, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    is_dropped = serializers.BooleanField(required=False)


class NewLine(serializers.Serializer[Any]):
    """A line to add; its code is given here."""

    table = serializers.ChoiceField(
        choices=[(t, t) for t, m in phases.tables().items() if m.code_prefix]
    )
    name = serializers.CharField(max_length=80)
    line = serializers.CharField(max_length=200, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)


class RosterChange(serializers.Serializer[Any]):
    """Lines to change by code, and lines to add; all or none."""

    lines = LineChange(many=True, required=False)
    add = NewLine(many=True, required=False)


class RosterView(ForGameMasters):
    """The rosters of the campaign, where a world is cheapest to steer."""

    @extend_schema(
        parameters=[OpenApiParameter("table", str), OpenApiParameter("phase", str)],
        responses=LineSerializer(many=True),
    )
    def get(self, request: Request, campaign_pk: str) -> Response:
        rows = RosterLine.objects.filter(campaign=self.campaign)
        if table := request.query_params.get("table"):
            rows = rows.filter(table_name=table)
        if phase := request.query_params.get("phase"):
            found = [p.tables for p in phases.PHASES if p.code == phase]
            rows = rows.filter(table_name__in=found[0] if found else ())
        return Response(LineSerializer(rows, many=True).data)

    @extend_schema(request=RosterChange, responses=LineSerializer(many=True))
    def patch(self, request: Request, campaign_pk: str) -> Response:
        form = RosterChange(data=request.data)
        form.is_valid(raise_exception=True)
        body = form.validated_data
        rows = change_roster(self.campaign, body.get("lines", ()), body.get("add", ()))
        return Response(LineSerializer(rows, many=True).data)
