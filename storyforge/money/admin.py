from __future__ import annotations

from typing import Any

from django.contrib import admin

from storyforge.money.models import Account, LedgerEntry, Plan, Quota


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    """Limits hold at once: also for the month that has begun."""

    list_display = ("name", "code", "monthly_micros", "daily_jobs", "in_flight", "storage_bytes")

    def save_model(self, request: Any, obj: Plan, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        obj.apply()

    def get_readonly_fields(self, request: Any, obj: Plan | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ("user", "plan")
    list_filter = ("plan",)
    list_select_related = ("user", "plan")
    search_fields = ("user__email",)
    autocomplete_fields = ("user",)

    def save_model(self, request: Any, obj: Account, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        obj.put_on(obj.plan)


class Booked(admin.ModelAdmin):
    """Figures that only jobs change."""

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Quota)
class QuotaAdmin(Booked):
    list_display = (
        "account", "scope", "starts_on", "project_id", "limit_micros", "spent_micros",
        "reserved_micros", "jobs_limit", "jobs",
    )  # fmt: skip
    list_filter = ("scope", "starts_on")
    list_select_related = ("account__user",)


@admin.register(LedgerEntry)
class LedgerAdmin(Booked):
    list_display = (
        "at", "payer", "job_id", "step", "outcome", "model", "input_tokens", "output_tokens",
        "charged_micros", "house_micros",
    )  # fmt: skip
    list_filter = ("outcome", "model")
    search_fields = ("=job_id", "=payer")
