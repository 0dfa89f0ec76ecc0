from __future__ import annotations

from django.contrib import admin

from storyforge.webhooks.models import Delivery, Endpoint


@admin.register(Endpoint)
class EndpointAdmin(admin.ModelAdmin):
    list_display = ("url", "project", "off", "failing_since", "created_at")
    list_select_related = ("project",)
    list_filter = ("off",)
    raw_id_fields = ("project",)
    readonly_fields = ("off", "failing_since", "old_secret_until")

    def has_add_permission(self, request: object) -> bool:
        return False  # its secret could not be shown


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ("event", "endpoint", "status", "next_try_at", "created_at")
    list_select_related = ("endpoint",)
    list_filter = ("status", "event")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
