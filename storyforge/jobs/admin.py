from __future__ import annotations

from django.contrib import admin

from storyforge.jobs.models import Breaker, IdempotencyKey, Job, JobEvent, JobStep, Worker


class ReadOnly(admin.ModelAdmin):
    """Rows that only the engine writes."""

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


class StepInline(admin.TabularInline):
    model = JobStep
    extra = 0
    fields = ("name", "fence", "model", "input_tokens", "output_tokens", "cost_micros")
    can_delete = False

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("kind", "status", "writer", "project", "attempt", "created_at", "completed_at")
    list_filter = ("status", "kind", "writer", "queue")
    list_select_related = ("project",)
    search_fields = ("id",)
    inlines = (StepInline,)


@admin.register(JobEvent)
class JobEventAdmin(ReadOnly):
    list_display = ("job", "seq", "type", "attempt", "at")
    list_select_related = ("job",)


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ("name", "queues", "slots", "started_at", "beat_at")


@admin.register(Breaker)
class BreakerAdmin(ReadOnly):
    """Deleting one closes it."""

    list_display = ("name", "failures", "open_until")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnly):
    list_display = ("key", "actor", "job", "created_at")
    list_select_related = ("actor", "job")
