from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from storyforge.jobs.models import (
    Breaker,
    Checkup,
    IdempotencyKey,
    Job,
    JobEvent,
    JobStep,
    ProviderCall,
    Worker,
)


class ReadOnly(admin.ModelAdmin):
    """Rows that only the engine writes, and deletes when their time is over.

    With what they belong to they go all the same: a project is deleted with its jobs.
    """

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        here = getattr(request.resolver_match, "func", None)
        elsewhere = getattr(here, "model_admin", self) is not self
        return elsewhere and super().has_delete_permission(request, obj)


class ReadOnlyInline(admin.TabularInline):
    """Rows below a job that only the engine writes."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


class StepInline(ReadOnlyInline):
    model = JobStep
    fields = ("name", "fence", "model", "input_tokens", "output_tokens", "cost_micros")


class CallInline(ReadOnlyInline):
    """Each attempt at each step: what was begun, how it ended, what it cost."""

    model = ProviderCall
    fields = (
        "step", "fence", "model", "outcome", "started_at", "ended_at", "worst_micros", "cost_micros",
    )  # fmt: skip
    ordering = ("pk",)


class EventInline(ReadOnlyInline):
    """Starts, retries and ends, each with its attempt and error."""

    model = JobEvent
    fields = ("seq", "type", "attempt", "at", "data")


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = (
        "kind", "status", "writer", "project", "attempt", "error_code", "spent_micros",
        "created_at", "completed_at",
    )  # fmt: skip
    list_filter = ("status", "kind", "writer", "queue")
    list_select_related = ("project",)
    search_fields = ("=id", "=project__id", "=parent__id", "account__email", "=error__detail_id")
    inlines = (StepInline, CallInline, EventInline)

    @admin.display(description="error")
    def error_code(self, job: Job) -> str:
        return job.error["error_code"] if job.error else ""


@admin.register(JobEvent)
class JobEventAdmin(ReadOnly):
    list_display = ("job", "seq", "type", "attempt", "at")
    list_select_related = ("job",)


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ("name", "queues", "slots", "started_at", "beat_at")


@admin.register(Checkup)
class CheckupAdmin(ReadOnly):
    list_display = ("at", "ended_at", "__str__")


@admin.register(Breaker)
class BreakerAdmin(ReadOnly):
    """Deleting one closes it."""

    list_display = ("name", "failures", "open_until")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnly):
    list_display = ("key", "actor", "job", "created_at")
    list_select_related = ("actor", "job")
