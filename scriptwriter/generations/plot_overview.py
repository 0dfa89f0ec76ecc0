"""The plot of a book on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models.functions import Left
from pydantic import Field

from canon.models import Evidence
from scriptwriter import bookdata
from scriptwriter.models import Book, PlotOverview, Theme
from scriptwriter.plots import add_plot, locked_content
from scriptwriter.prose.overview import read_overview
from storyforge.core.errors import StateConflict
from storyforge.generation.context import Layer, Section
from storyforge.generation.models import Made
from storyforge.generation.pipeline import Writing
from storyforge.generation.records import Record, record_type
from storyforge.generation.spec import Generation, Request

LOGLINE_WORDS = 50
SAMPLE_TOKENS = 1_200  # of each chapter, where the chapter has no summary
PlotRecord = record_type(PlotOverview, *PlotOverview.CONTENT)


class PlotRequest(Request):
    """The wishes of the plot document."""

    include_character_images: bool = Field(
        default=False, description="Pictures come with the pictures part; stored until then."
    )


class PlotOverviewGeneration(Generation):
    kind = "plot.overview"
    label = "Write the plot overview"
    help = "Logline, themes, story type, genre, tone, audience and setting, with passages."
    target = Book
    output = PlotRecord
    shown = ("logline", "name", "setting")
    request = PlotRequest
    failure_code = "PLOT_GENERATION_FAILED"
    deadline_seconds = 600
    system = "You are an experienced story editor. You state only what the book supports."
    instructions = (
        "Write the plot overview of this book. The logline has at most 50 words. Give two to five"
        " themes, each with at least two verbatim passages copied exactly from the material."
    )

    def call_seconds(self) -> float:
        """As the operator says."""
        return float(settings.PLOT_GENERATION_TIMEOUT)

    def sections(self, target: Book, request: Any) -> Iterable[Section]:
        yield Section(
            title="Book",
            text=f"{target.title} by {target.author or 'unknown'}. {target.words} words.",
            code="book",
            layer=Layer.PLAN,
            mandatory=True,
        )
        kept = [f"{name}: {value}" for name, value in locked_content(target).items()]
        yield Section(
            title="Locked by the author", text="\n".join(kept), code="locks", mandatory=True
        )
        people = target.characters.values_list("code", "name", "role")[:30]
        cast = [f"{code} {name}: {role}" for code, name, role in people]
        yield Section(title="Cast", text="\n".join(cast), code="cast", layer=Layer.PLAN, weight=500)
        start = Left("text__text", SAMPLE_TOKENS * 4)
        chapters = target.chapters.values_list("number", "title", "summary", start)
        for number, title, summary, beginning in chapters:
            # The ends of a book say most about its plot.
            weight = 3.0 if number == 1 else 1.0
            yield Section(
                title=f"Chapter {number:03}: {title}",
                text=summary or beginning,
                code=f"ch{number}",
                layer=Layer.STORY,
                weight=weight * 1_000,
            )

    def write_by_rules(self, writing: Writing) -> Record:
        writing.progress(0, 1, "Reading the whole book")
        data = bookdata.load(writing.target)
        if not data.texts:
            raise StateConflict("This book has not been read yet.")
        found = read_overview(data.texts, data.people, data.places)
        themes = [
            Theme(name=theme.name, evidence=data.evidence(theme.passages)) for theme in found.themes
        ]
        values = {name: getattr(found, name) for name in PlotOverview.CONTENT if name != "themes"}
        return PlotRecord.model_validate({**values, "themes": themes})

    def problems(self, target: Book, output: Any, request: Any) -> Sequence[str]:
        found = []
        if len(output.logline.split()) > LOGLINE_WORDS:
            found.append(f"logline: more than {LOGLINE_WORDS} words.")
        if not output.logline:
            found.append("logline: missing.")
        quotes = [evidence.quote for theme in output.themes for evidence in theme.evidence]
        if quotes:
            chapters = target.chapters.values_list("text__text", flat=True)
            texts = [" ".join(text.split()) for text in chapters]
            missing = [q for q in quotes if not any(" ".join(q.split()) in text for text in texts)]
            found += [f"themes: {quote[:80]!r} does not stand in the book." for quote in missing]
        return found

    def save(
        self, target: Book, output: Any, *, made: Made, request: Any
    ) -> Sequence[PlotOverview]:
        fields = {name: getattr(output, name) for name in PlotOverview.CONTENT}
        fields["themes"] = [_theme(theme) for theme in output.themes]
        fields["custom_instructions"] = request.instructions
        fields["include_character_images"] = request.include_character_images
        plot = add_plot(target, author_id=made.job.actor_id, fields={**fields, **made.fields()})
        return [plot]


def _theme(theme: Theme) -> dict[str, Any]:
    evidence = [Evidence.model_validate(e).model_dump() for e in theme.evidence]
    return {"name": theme.name, "evidence": evidence}
