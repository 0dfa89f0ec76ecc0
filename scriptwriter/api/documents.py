"""Books in the words of the character ecosystem's document, where an uploaded book is a document."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from scriptwriter.handlers import BookExport
from scriptwriter.models import Book, BookFile
from storyforge.core.errors import NotFound
from storyforge.core.rates import Rate, rated
from storyforge.generation.api import GenerateBody
from storyforge.jobs.answers import STARTS, accept, accept_order
from storyforge.jobs.api import ResultSerializer
from storyforge.jobs.create import create_job
from storyforge.jobs.errors import ResultExpired
from storyforge.jobs.models import Job
from storyforge.jobs.orders import order
from storyforge.projects.access import see
from storyforge.projects.api import ScopedViewSetMixin
from storyforge.projects.roles import Action

ANALYSIS = "book.analysis"


class DocumentViewSet(ScopedViewSetMixin, viewsets.GenericViewSet):
    """What is found in a book, and the book as JSON. Only POST starts work; GET reads what was finished last."""

    queryset = Book.objects.all()
    serializer_class = ResultSerializer

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, methods=["get"])
    def text(self, request: Request, pk: str) -> Response:
        """The whole text as it was read from the file, and the hash that names it."""
        book = self.get_object()
        text = BookFile.objects.filter(book=book).values_list("text", flat=True).first() or ""
        return Response({"id": book.pk, "sha256": book.text_hash, "text": text})

    @extend_schema(responses={200: ResultSerializer})
    @action(detail=True, methods=["get"])
    def analyze(self, request: Request, pk: str) -> Response:
        """The newest finished analysis; 404 before there is one."""
        return self._newest(ANALYSIS)

    @extend_schema(request=GenerateBody, **STARTS)
    @analyze.mapping.post
    @rated(Rate.GENERATION)
    def start_analysis(self, request: Request, pk: str) -> HttpResponse:
        """The same as `books/{id}/generate/book.analysis`."""
        seen = see(Book, request.user, pk)
        body = request.data
        made = order(ANALYSIS, target=seen.row, actor=request.user, body=body, role=seen.role)
        return accept_order(request, made)

    @extend_schema(responses={200: ResultSerializer})
    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: str) -> Response:
        """The newest finished export, in `result.document`; 404 before there is one."""
        return self._newest(BookExport.kind)

    @extend_schema(request=None, **STARTS)
    @export.mapping.post
    @rated(Rate.GENERATION)
    def start_export(self, request: Request, pk: str) -> HttpResponse:
        """Write down the book with its chapters, plot and people as JSON."""
        seen = see(Book, request.user, pk)
        seen.require(Action.GENERATE)
        book = seen.row

        def start() -> Job:
            return create_job(
                BookExport.kind,
                project=book.project,
                actor=request.user,
                target_type="book",
                target_id=book.pk,
            )

        return accept(request, body={}, start=start)

    def _newest(self, kind: str) -> Response:
        book = self.get_object()
        ended = Job.objects.filter(kind=kind, target_id=book.pk, status=Job.Status.COMPLETED)
        job = ended.filter(project=book.project_id).order_by("-completed_at").first()
        if job is None:
            raise NotFound("Nothing is finished here yet. POST to this address starts it.")
        if job.has_expired():
            raise ResultExpired(expired_at=job.expires_at)
        shown = ResultSerializer(job, context=self.get_serializer_context())
        return Response(shown.data)
