from __future__ import annotations

from django.contrib import admin

from canon.models import Alias, Archetype, Character, CharacterArchetype, Lock, Utterance


@admin.register(Archetype)
class ArchetypeAdmin(admin.ModelAdmin):
    list_display = ("name", "set", "category", "is_active")
    list_filter = ("set", "category", "is_active")
    list_editable = ("is_active",)


@admin.register(Character)
class CharacterAdmin(admin.ModelAdmin):
    list_display = ("name", "role", "project", "spoken_words", "generation_method")
    list_filter = ("role", "generation_method")
    list_select_related = ("project",)
    search_fields = ("name",)
    raw_id_fields = ("project",)


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    list_display = ("text", "character")
    list_select_related = ("character",)
    raw_id_fields = ("project", "character")


@admin.register(CharacterArchetype)
class CharacterArchetypeAdmin(admin.ModelAdmin):
    list_display = ("character", "archetype", "weight")
    list_select_related = ("character", "archetype")
    raw_id_fields = ("project", "character")


@admin.register(Lock)
class LockAdmin(admin.ModelAdmin):
    list_display = ("genre", "tone", "project", "created_at")
    list_select_related = ("project",)
    raw_id_fields = ("project",)


@admin.register(Utterance)
class UtteranceAdmin(admin.ModelAdmin):
    list_display = ("code", "speaker", "method", "confidence", "text")
    list_select_related = ("speaker",)
    raw_id_fields = ("project", "speaker")
