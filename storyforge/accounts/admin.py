from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet

from storyforge.accounts.leaving import remove
from storyforge.accounts.models import (
    APIToken,
    AuditEntry,
    ProviderKey,
    RefreshToken,
    Session,
    TokenFamily,
    User,
)

# What allauth registers: a table we leave empty, and secrets that nobody edits by hand.
for model in (EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at; rows come and go by what people do."""

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "confirmed_at", "last_login")
    search_fields = ("email", "name")
    readonly_fields = ("audit_id", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Times", {"fields": ("confirmed_at", "last_login", "date_joined")}),
        ("Audit log", {"fields": ("audit_id",)}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "password1", "password2")}),)

    def delete_model(self, request: object, obj: User) -> None:
        remove(obj)

    def delete_queryset(self, request: object, queryset: QuerySet[User]) -> None:
        for user in queryset:
            remove(user)


@admin.register(APIToken)
class APITokenAdmin(admin.ModelAdmin):
    list_display = ("name", "user", "scope", "expires_at", "last_used_at")
    list_select_related = ("user",)
    readonly_fields = ("public_id", "factor_shown", "last_used_at", "created_at")

    def has_add_permission(self, request: object) -> bool:
        return False  # a token made here could not be shown


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "agent", "started_at", "seen_at", "expire_date")
    list_select_related = ("user",)
    fields = ("user", "agent", "started_at", "seen_at", "expire_date")


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin):
    list_display = ("user", "agent", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    fields = ("user", "agent", "created_at", "expires_at", "revoked_at")


@admin.register(RefreshToken)
class RefreshTokenAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "family", "created_at", "used_at", "expires_at")
    list_select_related = ("family",)
    fields = ("public_id", "family", "created_at", "used_at", "expires_at")


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What was done, newest first; a person's entries by their audit id."""

    list_display = ("at", "action", "actor", "object_type", "object_id", "status")
    list_filter = ("action",)
    search_fields = ("actor", "object_id", "request_id")
    ordering = ("-at",)
    show_full_result_count = False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(ProviderKey)
class ProviderKeyAdmin(admin.ModelAdmin):
    list_display = ("user", "endpoint", "model", "last4", "created_at")
    list_select_related = ("user",)
    readonly_fields = ("user", "endpoint", "last4", "created_at")

    def has_add_permission(self, request: object) -> bool:
        return False  # only its owner may know it
