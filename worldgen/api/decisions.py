"""Actions on rows: lock, unlock, accept, reveal; one row or many. And what a row is linked with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from storyforge.core.errors import NotFound
from worldgen import phases
from worldgen.api.base import InCampaign, row_named, table_named
from worldgen.api.shapes import ROW
from worldgen.api.tables import RowsView
from worldgen.edits.deciding import Chosen, accept, chosen, reveal_fields, set_lock, set_revealed
from worldgen.edits.usage import soft_codes
from worldgen.errors import ChecksNotPassed
from worldgen.models import Campaign, WorldRow
from worldgen.views.reader import Named, Reader

MOST_KEYS = 500


class RevealSerializer(serializers.Serializer[Any]):
    """What players may see: the hidden row as a whole, or exactly these of its secret fields."""

    is_revealed = serializers.BooleanField(required=False)
    fields = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=40, required=False
    )


class ChoiceOfRows(serializers.Serializer[Any]):
    """Rows of one table, all of it where no keys are named, or of a whole phase."""

    phase = serializers.CharField(max_length=4, required=False)
    table = serializers.CharField(max_length=40, required=False)
    keys = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=MOST_KEYS, required=False
    )
    is_revealed = serializers.BooleanField(required=False, help_text="With `reveal` only.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("phase" in attrs) == ("table" in attrs):
            raise serializers.ValidationError("Name a phase or a table.")
        if "phase" in attrs:
            if attrs["phase"] not in {phase.code for phase in phases.PHASES}:
                raise serializers.ValidationError({"phase": ["There is no such phase."]})
            if "keys" in attrs:
                raise serializers.ValidationError({"keys": ["Name their table, too."]})
        return attrs


class FindingSerializer(serializers.Serializer[Any]):
    """What a check found in a row."""

    code = serializers.CharField()
    table = serializers.CharField()
    row = serializers.CharField()
    message = serializers.CharField()
    blocks = serializers.BooleanField()


class DecidedSerializer(serializers.Serializer[Any]):
    """How many rows the action changed, which joined the canon, and what kept others out."""

    rows = serializers.IntegerField()
    characters = serializers.ListField(child=serializers.UUIDField())
    findings = FindingSerializer(many=True)


Decision = Callable[[Campaign, Chosen, dict[str, Any]], dict[str, Any]]


def _counted(rows: int) -> dict[str, Any]:
    return {"rows": rows, "characters": [], "findings": []}


def _accept(campaign: Campaign, rows: Chosen, body: dict[str, Any]) -> dict[str, Any]:
    done = accept(campaign, rows)
    return {
        "rows": done.rows,
        "characters": [person.canon_character_id for person in done.characters],
        "findings": [finding_json(finding) for finding in done.findings],
    }


#: What may be done to rows, by the last word of the path.
DECISIONS: dict[str, Decision] = {
    "lock": lambda campaign, rows, body: _counted(set_lock(campaign, rows, to=True)),
    "unlock": lambda campaign, rows, body: _counted(set_lock(campaign, rows, to=False)),
    "reveal": lambda campaign, rows, body: _counted(
        set_revealed(campaign, rows, to=body.get("is_revealed", True))
    ),
    "accept": _accept,
}


def finding_json(finding: Any) -> dict[str, Any]:
    """A finding as clients see it."""
    return {
        "code": finding.code,
        "table": finding.table,
        "row": finding.row,
        "message": finding.message,
        "blocks": finding.blocks,
    }


class DecideRowView(RowsView):
    """One action on one row."""

    decision = ""

    @extend_schema(request=None, responses={200: ROW})
    def post(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        row = row_named(self.seen(table), key)
        done = DECISIONS[self.decision](self.campaign, {table: [row.pk]}, {})
        if done["findings"]:
            raise ChecksNotPassed(done["findings"][0]["message"], findings=done["findings"])
        row.refresh_from_db()
        return self.shown(row)


class LockView(DecideRowView):
    """Nobody changes the row until it is unlocked; what runs write becomes a draft."""

    decision = "lock"


class UnlockView(DecideRowView):
    """The row may be changed again."""

    decision = "unlock"


class AcceptView(DecideRowView):
    """The row is part of the world. 409 `checks_not_passed` where the checks find something in it."""

    decision = "accept"


class RevealView(RowsView):
    """Show a hidden row, or secret fields of one, to players; or hide them again."""

    @extend_schema(request=RevealSerializer, responses={200: ROW})
    def post(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        row = row_named(self.seen(table), key)
        form = RevealSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        body = form.validated_data
        if "fields" in body:
            reveal_fields(self.campaign, row, body["fields"])
        if "is_revealed" in body or "fields" not in body:
            to = body.get("is_revealed", True)
            set_revealed(self.campaign, {table: [row.pk]}, to=to)
        row.refresh_from_db()
        return self.shown(row)


class DecideView(InCampaign):
    """One action on many rows: of a table, some of its rows, or a whole phase."""

    @extend_schema(request=ChoiceOfRows, responses=DecidedSerializer)
    def post(self, request: Request, campaign_pk: str, decision: str) -> Response:
        if decision not in DECISIONS:
            raise NotFound
        form = ChoiceOfRows(data=request.data)
        form.is_valid(raise_exception=True)
        body = form.validated_data
        if "table" in body:
            table_named(body["table"])
        rows = chosen(
            self.campaign,
            phase=body.get("phase", ""),
            table=body.get("table", ""),
            keys=body.get("keys", ()),
        )
        return Response(DECISIONS[decision](self.campaign, rows, body))


class LinkedRow(serializers.Serializer[Any]):
    """A row at the other end of a link, and the field that says so."""

    field = serializers.CharField()
    table = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()


class LinksSerializer(serializers.Serializer[Any]):
    """What a row names, and what names it."""

    names = LinkedRow(many=True)
    named_by = LinkedRow(many=True)


class LinksView(RowsView):
    """The links of a row both ways, as far as the caller sees the other ends."""

    @extend_schema(responses=LinksSerializer)
    def get(self, request: Request, campaign_pk: str, table: str, key: str) -> Response:
        row = row_named(self.seen(table), key)
        reader = Reader(self.campaign, request.user)
        back = reader.mentions(row) if type(row).code_prefix else []
        return Response(
            {
                "names": [_linked(field, named) for field, named in _named_in(reader, row)],
                "named_by": [_linked(mention.field, mention.row) for mention in back],
            }
        )


def _named_in(reader: Reader, row: WorldRow) -> list[tuple[str, Named]]:
    """The rows that this one names, by field, in its references and inside its texts."""
    model, values = type(row), reader.values([row])[row.pk]
    said: list[tuple[str, str]] = []
    for column in [*phases.links(model), *phases.link_sets(model)]:
        value = values.get(column.name)
        codes = value if isinstance(value, list) else [value]
        said += [(column.name, code) for code in codes if code]
    for soft in model.soft_links:
        if soft.field in values:
            said += [(soft.path, code) for code in soft_codes(values, soft) if code]
    known = reader.by_code({code for _, code in said})
    return [(field, known[code]) for field, code in said if code in known]


def _linked(field: str, named: Named) -> dict[str, str]:
    return {"field": field, "table": named.table, "key": named.key, "name": named.name}
