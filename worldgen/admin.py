from __future__ import annotations

from typing import Any

from django.contrib import admin

from worldgen.models import (
    Campaign,
    CheckReport,
    FactCitation,
    GenerationRun,
    NamedRow,
    PCFact,
    PhaseRun,
    PlayerCharacter,
    ReferenceIssue,
    RosterLine,
    RowChange,
    RowDraft,
    TableRun,
    VocabularyEntry,
    WorldExport,
    WorldUpload,
)
from worldgen.phases import tables


class InCampaignAdmin(admin.ModelAdmin):
    """Anything of a campaign; long choices of rows are ids to type in, not lists to load."""

    def __init__(self, model: Any, site: admin.AdminSite) -> None:
        super().__init__(model, site)
        relations = [f for f in model._meta.get_fields() if f.is_relation and f.concrete]
        self.raw_id_fields = tuple(f.name for f in relations)

    def has_add_permission(self, request: Any) -> bool:
        """Rows are made in their campaign, not here."""
        return False


class NamedRowAdmin(InCampaignAdmin):
    list_display = ("code", "name", "campaign", "source", "row_state", "is_locked", "is_stale")
    list_select_related = ("campaign",)
    list_filter = ("source", "row_state", "is_locked", "is_stale")
    search_fields = ("code", "name")


class RelationRowAdmin(InCampaignAdmin):
    list_display = ("id", "campaign", "source", "row_state", "is_stale")
    list_select_related = ("campaign",)
    list_filter = ("source", "row_state", "is_locked", "is_stale")


class RecordAdmin(InCampaignAdmin):
    """Rows that runs leave behind."""

    list_display = ("id", "campaign", "created_at")
    list_select_related = ("campaign",)


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = ("name", "project", "size", "phase_mode", "is_archived")
    list_select_related = ("project",)
    list_filter = ("size", "phase_mode", "is_archived")
    raw_id_fields = ("project",)
    search_fields = ("name",)


@admin.register(WorldUpload)
class WorldUploadAdmin(InCampaignAdmin):
    list_display = ("filename", "project", "created_at")
    list_select_related = ("project",)


@admin.register(VocabularyEntry)
class VocabularyEntryAdmin(InCampaignAdmin):
    list_display = ("name", "kind", "source", "campaign")
    list_select_related = ("campaign",)
    list_filter = ("kind", "source")
    search_fields = ("name",)


for row_model in tables().values():
    kind = NamedRowAdmin if issubclass(row_model, NamedRow) else RelationRowAdmin
    admin.site.register(row_model, kind)
admin.site.register(
    [PlayerCharacter, PCFact, FactCitation, GenerationRun, PhaseRun, TableRun, RosterLine, RowDraft,
     ReferenceIssue, RowChange, CheckReport, WorldExport],
    RecordAdmin,
)  # fmt: skip
