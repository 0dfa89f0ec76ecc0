from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canon.models import Character, Utterance
from scriptwriter.models import Book, Chapter, PlotOverview, Script
from scriptwriter.plots import active_plot
from storyforge.core.downloads import link
from storyforge.core.errors import NotFound
from storyforge.generation.requests import buttons_for
from storyforge.jobs.models import Job
from storyforge.web.files import FileDoor
from storyforge.web.pages import ProjectPage


class ProjectHome(ProjectPage):
    """A project at a glance: its books, scripts, people, and what is going on."""

    template_name = "projects/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context |= {
            "books": Book.objects.filter(project=self.project)[:50],
            "scripts": Script.objects.filter(project=self.project)[:50],
            "characters": Character.objects.filter(project=self.project, is_active=True)[:12],
            "members": self.project.memberships.select_related("user").order_by("pk"),
        }
        return context


class BooksPage(ProjectPage):
    """The project's books, and the door for a new one."""

    template_name = "books/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["books"] = Book.objects.filter(project=self.project)[:100]
        return context


class BookFilePage(FileDoor):
    """The file a book was read from, as it came."""

    def link(self) -> str:
        return link(self.user, "book", self.visible(Book.objects.all(), pk=self.kwargs["pk"]).pk)


class BookPage(ProjectPage):
    """One book: chapters, warnings of the import, plot, cast."""

    template_name = "books/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        book: Book = self.visible(Book.objects.all(), pk=self.kwargs["pk"])
        context |= {
            "book": book,
            "chapters": book.chapters.all(),
            "plot": active_plot(book),
            "characters": book.characters.filter(is_active=True)[:40],
            "places": book.places.all()[:20],
            "last_job": Job.objects.filter(target_id=book.pk).order_by("-created_at").first(),
            "generate_buttons": buttons_for(book, basename="book"),
        }
        return context


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A run of chapter text: narration, or a quote with its speaker."""

    text: str
    quote: Utterance | None = None


class ChapterPage(ProjectPage):
    """A chapter to read, with who says what."""

    template_name = "books/chapter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        chapter: Chapter = self.visible(
            Chapter.objects.select_related("book", "text"),
            pk=self.kwargs["pk"],
            book=self.kwargs["book_pk"],
        )
        quotes = list(
            Utterance.objects.filter(project=self.project, origin=chapter.text.pk)
            .select_related("speaker")
            .order_by("start")
        )
        siblings = chapter.book.chapters
        context |= {
            "book": chapter.book,
            "chapter": chapter,
            "pieces": pieces(chapter.text.text, quotes),
            "quotes_total": len(quotes),
            "quotes_unsure": sum(q.speaker_id is None for q in quotes),
            "scenes": chapter.scenes.prefetch_related("cast"),
            "previous": siblings.filter(number=chapter.number - 1).first(),
            "next": siblings.filter(number=chapter.number + 1).first(),
            "scripts": chapter.scripts.all(),
            "generate_buttons": buttons_for(chapter, basename="chapter"),
        }
        return context


def pieces(text: str, quotes: list[Utterance]) -> list[list[Piece]]:
    """The text as paragraphs of pieces, nothing lost: quotes in order, narration between."""
    runs: list[Piece] = []
    at = 0
    for quote in quotes:
        runs += [Piece(text=text[at : quote.start]), Piece(text=quote.text, quote=quote)]
        at = quote.end
    runs.append(Piece(text=text[at:]))
    paragraphs: list[list[Piece]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n\n")
        paragraphs[-1].append(Piece(text=first, quote=run.quote))
        paragraphs += [[Piece(text=other, quote=run.quote)] for other in others]
    return [kept for p in paragraphs if (kept := [piece for piece in p if piece.text])]


class PlotPage(ProjectPage):
    """The plot of a book, its versions, what it was made from."""

    template_name = "plot/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        book: Book = self.visible(Book.objects.all(), pk=self.kwargs["pk"])
        wanted = self.request.GET.get("version", "")
        plot = active_plot(book)
        if wanted.isdecimal() and len(wanted) < 9:
            plot = book.plots.filter(version=int(wanted)).first()
            if plot is None:
                raise NotFound
        context |= {
            "book": book,
            "plot": plot,
            "fields": [self._field(plot, name) for name in PlotOverview.CONTENT] if plot else [],
            "themes": plot.themes if plot else [],
            "versions": book.plots.select_related("author")[:50],
            "characters": book.characters.filter(is_active=True)[:20],
            "generate_buttons": [
                b for b in buttons_for(book, basename="book") if b.kind.startswith("plot.")
            ],
        }
        return context

    def _field(self, plot: PlotOverview, name: str) -> dict[str, Any]:
        field = PlotOverview._meta.get_field(name)
        return {
            "name": name,
            "label": str(field.verbose_name).capitalize(),
            "help": getattr(field, "help_text", ""),
            "value": getattr(plot, name),
            "locked": name in plot.locked_fields,
        }
