from __future__ import annotations

from django.contrib import admin

from storyforge.projects.models import Invitation, Membership, Project


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ("name", "owner", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name",)
    inlines = (MembershipInline,)


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """To look at and to take back; one is made by writing the letter."""

    list_display = ("email", "project", "role", "invited_by", "expires_at")
    list_select_related = ("project", "invited_by")
    search_fields = ("email",)
    readonly_fields = ("project", "email", "role", "project_name", "invited_by", "expires_at")

    def has_add_permission(self, request: object) -> bool:
        return False
