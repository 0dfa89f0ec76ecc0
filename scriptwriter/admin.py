from __future__ import annotations

from django.contrib import admin

from scriptwriter.models import (
    Book,
    BookFile,
    Chapter,
    ChapterScene,
    ChapterText,
    Place,
    PlotOverview,
    Scene,
    SceneRevision,
    Script,
    ScriptVersion,
    VersionScene,
)


class ContentAdmin(admin.ModelAdmin):
    """Rows of a project: looked up by id, listed with their project in one query."""

    list_display = ("__str__", "project", "created_at")
    list_select_related = ("project",)

    def get_readonly_fields(self, request: object, obj: object = None) -> list[str]:
        # Relations are shown, not chosen: a select of every row of every tenant helps nobody.
        return [f.name for f in self.model._meta.fields if f.is_relation]


@admin.register(Book)
class BookAdmin(ContentAdmin):
    list_display = ("title", "author", "status", "words", "project")
    list_filter = ("status", "language")
    search_fields = ("title", "author")
    exclude = ("characters",)


@admin.register(BookFile)
class BookFileAdmin(ContentAdmin):
    list_display = ("filename", "book", "created_at")
    list_select_related = ("book",)
    exclude = ("content", "text")


@admin.register(Chapter)
class ChapterAdmin(ContentAdmin):
    list_display = ("title", "book", "number", "words")
    list_select_related = ("book",)


@admin.register(PlotOverview)
class PlotOverviewAdmin(ContentAdmin):
    list_display = ("book", "version", "status", "generation_method", "created_at")
    list_select_related = ("book",)
    list_filter = ("status", "generation_method")


@admin.register(Script)
class ScriptAdmin(ContentAdmin):
    list_display = ("title", "format", "project", "created_at")
    exclude = ("characters",)


@admin.register(ScriptVersion)
class ScriptVersionAdmin(ContentAdmin):
    list_display = ("script", "number", "generation_method", "is_draft", "created_at")
    list_select_related = ("script",)


@admin.register(ChapterScene)
class ChapterSceneAdmin(ContentAdmin):
    list_display = ("chapter", "number", "place", "time", "reason")
    list_select_related = ("chapter",)
    exclude = ("cast",)


@admin.register(VersionScene)
class VersionSceneAdmin(ContentAdmin):
    list_display = ("version", "position", "number_label")
    list_select_related = ("version__script",)


admin.site.register([ChapterText, Place, Scene, SceneRevision], ContentAdmin)
