"""How runs, phases and stale rows look in requests and answers."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from storyforge.jobs.answers import ACCEPTED, JobSerializer
from storyforge.jobs.queues import WriterWish
from worldgen.models import GenerationRun, PhaseRun, TableRun
from worldgen.runs.run_wishes import BUDGET

ROWS_BY_KEY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": True},
}
DIFFERENCE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "added": {**ROWS_BY_KEY, "description": "Table to key to the row."},
        "changed": {**ROWS_BY_KEY, "description": "Table to key to field to [from, to]."},
        "dropped": {**ROWS_BY_KEY, "description": "Table to key to the row as it was."},
    },
    "required": ["added", "changed", "dropped"],
}
REASONS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
}


class RegenerateBody(serializers.Serializer[Any]):
    """How a row is written anew."""

    writer = serializers.ChoiceField(choices=WriterWish.choices, required=False)
    instructions = serializers.CharField(max_length=4_000, required=False, allow_blank=True)


class RestartBody(RegenerateBody):
    """How a phase is written anew."""

    keep_roster = serializers.BooleanField(required=False, help_text="Usually true.")
    tables = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20
    )


class RunBody(RestartBody):
    """What a run is to make; see `GET /api/v1/kinds` for the whole schema of `world.run`."""

    mode = serializers.CharField(required=False, help_text="full, phase, table, row or repair.")
    phases = serializers.ListField(child=serializers.CharField(max_length=2), required=False)
    rows = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=120)), required=False
    )
    only_stale = serializers.BooleanField(required=False)
    review_rosters = serializers.BooleanField(required=False)
    writers = serializers.DictField(child=serializers.CharField(max_length=10), required=False)
    budget_micros = serializers.IntegerField(required=False, min_value=0, help_text=BUDGET)


class RollbackBody(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(
        default=False, help_text="Only say what would be done: rows by table, and why others stay."
    )


class KeptRow(serializers.Serializer[Any]):
    table = serializers.CharField()
    row = serializers.CharField()
    reason = serializers.CharField(help_text="Why it stays.")
    by = serializers.CharField(allow_blank=True, help_text="The row that needs it, where one does.")


class RollbackReport(serializers.Serializer[Any]):
    """What undoing a run would do: rows by table, and those that stay."""

    removed = serializers.DictField(child=serializers.IntegerField())
    restored = serializers.DictField(child=serializers.IntegerField())
    kept = serializers.DictField(child=serializers.IntegerField())
    kept_rows = KeptRow(many=True)


ROLLED_BACK: dict[int, Any] = {
    202: ACCEPTED,
    200: PolymorphicProxySerializer(
        component_name="RolledBack",
        serializers=[RollbackReport, JobSerializer],
        resource_type_field_name=None,
    ),
}


class StaleRows(serializers.Serializer[Any]):
    """Rows by table: codes, or keys of relation rows."""

    rows = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=120), max_length=500)
    )


class TableRunSerializer(serializers.ModelSerializer[TableRun]):
    kind = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    writer = serializers.CharField(read_only=True)

    class Meta:
        model = TableRun
        fields = [
            "id", "job", "table_name", "kind", "chunk", "state", "writer", "model", "attempts",
            "tokens_in", "tokens_out", "cost_micros", "duration_ms", "error_code",
        ]  # fmt: skip
        read_only_fields = fields


class PhaseRunSerializer(serializers.Serializer[Any]):
    phase = serializers.CharField()
    attempt = serializers.IntegerField()
    state = serializers.CharField()
    percent = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    table_runs = TableRunSerializer(many=True, source="tablerun_phase_run")


class RunSummary(serializers.ModelSerializer[GenerationRun]):
    """A run; its job tells progress and money."""

    mode = serializers.CharField(read_only=True, help_text="full, phase, table, row or repair.")
    state = serializers.CharField(
        read_only=True,
        help_text="queued, running, paused, failed, completed, canceled or rolled_back.",
    )

    budget_micros = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="The most it may spend, in US dollars / 1,000,000; null: no limit.",
    )

    class Meta:
        model = GenerationRun
        fields = [
            "id", "project", "campaign", "job", "mode", "state", "budget_micros", "requested_by",
            "started_at", "finished_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class RunDetail(RunSummary):
    """A run with its attempts at phases and their calls."""

    phases = serializers.SerializerMethodField()
    cost_micros = serializers.SerializerMethodField()

    class Meta(RunSummary.Meta):
        fields = [*RunSummary.Meta.fields, "phases", "cost_micros"]
        read_only_fields = fields

    @extend_schema_field(PhaseRunSerializer(many=True))
    def get_phases(self, run: GenerationRun) -> Any:
        attempts = PhaseRun.objects.filter(run=run).order_by("created_at")
        shown = attempts.prefetch_related("tablerun_phase_run")
        return PhaseRunSerializer(shown, many=True).data

    def get_cost_micros(self, run: GenerationRun) -> int:
        """What its calls have cost so far."""
        calls = TableRun.objects.filter(phase_run__run=run)
        return calls.aggregate(sum=Sum("cost_micros"))["sum"] or 0


class FailedCall(serializers.Serializer[Any]):
    table = serializers.CharField()
    kind = serializers.CharField()
    error_code = serializers.CharField()


class Status(serializers.Serializer[Any]):
    """One milestone of a world."""

    phase = serializers.CharField(help_text="1A to 3C, or 1 to 3 in the plain mode.")
    title = serializers.CharField()
    state = serializers.CharField(help_text="waiting, running, done, partial, failed or skipped.")
    attempt = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="Of expected tokens.")
    planned = serializers.IntegerField()
    rows = serializers.IntegerField()
    in_repair = serializers.IntegerField()
    stale = serializers.IntegerField()
    protected = serializers.IntegerField()
    cost_micros = serializers.IntegerField()
    tables = serializers.ListField(child=serializers.CharField())
    failed = FailedCall(many=True)
