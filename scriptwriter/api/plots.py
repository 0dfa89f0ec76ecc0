from __future__ import annotations

from typing import Any

from rest_framework import serializers

from canon.models import Character
from scriptwriter.models import Book, PlotOverview
from scriptwriter.plots import active_plot, add_plot
from storyforge.accounts.models import User
from storyforge.core.errors import NotFound
from storyforge.core.fields import check_shape
from storyforge.projects.api import ContentSerializer, ContentViewSet


class PlotSerializer(ContentSerializer):
    """An overview, flat and in the nested shape of the plot document."""

    plot_overview = serializers.SerializerMethodField()
    generation_metadata = serializers.SerializerMethodField()

    class Meta:
        model = PlotOverview
        fields = [
            "id", "project", "book", "version", "status", "author", *PlotOverview.CONTENT,
            "custom_instructions", "locked_fields", "generation_method", "model_used", "job",
            "plot_overview", "generation_metadata", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = [
            "project", "book", "version", "status", "author", "custom_instructions",
            "generation_method", "model_used", "job", "created_at", "updated_at",
        ]  # fmt: skip

    def get_plot_overview(self, plot: PlotOverview) -> dict[str, Any]:
        fields = ["name", *Character.PROFILE]
        cast = [{f: getattr(c, f) for f in fields} for c in plot.book.characters.all()]
        body = {name: getattr(plot, name) for name in PlotOverview.CONTENT}
        return {**body, "characters": cast}

    def get_generation_metadata(self, plot: PlotOverview) -> dict[str, Any]:
        return {
            "method": plot.generation_method,
            "model_used": plot.model_used,
            "cost": plot.generation_cost_micros / 1_000_000,
        }

    def validate_themes(self, value: Any) -> Any:
        check_shape(PlotOverview._meta.get_field("themes").of, value)
        return value

    def validate_locked_fields(self, value: list[str]) -> list[str]:
        if unknown := set(value) - set(PlotOverview.CONTENT):
            raise serializers.ValidationError(f"Unknown: {', '.join(sorted(unknown))}.")
        return sorted(set(value))

    def validate_logline(self, value: str) -> str:
        if len(value.split()) > 50:
            raise serializers.ValidationError("At most 50 words.")
        return value


class PlotSaveSerializer(PlotSerializer):
    class Meta(PlotSerializer.Meta):
        fields = [*PlotOverview.CONTENT, "locked_fields"]
        read_only_fields: list[str] = []


class PlotViewSet(ContentViewSet):
    """Plot overviews in versions; a new one comes from a book's `generate` or `plot/save`."""

    queryset = PlotOverview.objects.select_related("book").prefetch_related("book__characters")
    serializer_class = PlotSerializer
    filterset_fields = ["project", "book", "status"]
    http_method_names = ["get", "patch", "delete", "head", "options"]


def current_plot(book: Book) -> PlotOverview:
    """The active overview; raises `NotFound` while there is none."""
    plot = active_plot(book)
    if plot is None:
        raise NotFound("This book has no plot overview yet.")
    return plot


def save_plot(book: Book, *, author: User, fields: dict[str, Any]) -> PlotOverview:
    """A version by hand: what the last one held, with the given fields changed."""
    previous = active_plot(book)
    base = {n: getattr(previous, n) for n in PlotOverview.CONTENT} if previous else {}
    return add_plot(book, author_id=author.pk, fields={**base, **fields})
