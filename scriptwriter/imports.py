"""A file becomes a book: stored as it came, read apart, its chapters saved in one transaction."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models.functions import Now

from scriptwriter.models import Book, BookFile, Chapter, ChapterText
from scriptwriter.readers.chapters import holds_text
from scriptwriter.readers.normal import normalize
from scriptwriter.readers.types import ReadBook
from storyforge.accounts.models import User
from storyforge.jobs.create import create_job
from storyforge.jobs.models import Job
from storyforge.money.storage import make_room
from storyforge.projects.models import Project

TITLE_LENGTH = 300


def start_import(
    *, project: Project, actor: User, filename: str, content: bytes, title: str = ""
) -> tuple[Book, Job]:
    """Keep the file and ask for its import, in one transaction. Raises `StorageFull`."""
    with transaction.atomic():
        make_room(project.owner_id, len(content))
        book = Book.objects.create(project=project, title=(title or filename)[:TITLE_LENGTH])
        BookFile.objects.create(
            project=project,
            book=book,
            filename=filename[:255],
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        job = create_job(
            "book.import",
            project=project,
            actor=actor,
            target_type="book",
            target_id=book.pk,
            payload={"title": title},
        )
    return book, job


def store(book: Book, read: ReadBook, *, title: str = "") -> list[Chapter]:
    """Save what reading found; chapters of an earlier try are replaced. Call in a transaction."""
    digest = hashlib.sha256(read.text.encode()).hexdigest()
    BookFile.objects.filter(book=book).update(text=read.text, updated_at=Now())
    book.chapters.all().delete()
    chapters, texts = [], []
    # The heading of a part holds no text of its own: its chapters follow.
    spans = [span for span in read.chapters if holds_text(read.text, span)]
    for number, span in enumerate(spans, start=1):
        text = normalize(read.text[span.body : span.end])
        chapter = Chapter(
            project_id=book.project_id,
            book=book,
            number=number,
            label=span.label[:200],
            title=span.title[:TITLE_LENGTH] or f"Chapter {number}",
            level=span.level,
            start=span.start,
            body=span.body,
            end=span.end,
            words=len(text.split()),
        )
        chapters.append(chapter)
        texts.append(
            ChapterText(
                project_id=book.project_id,
                chapter=chapter,
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                text=text,
            )
        )
    Chapter.objects.bulk_create(chapters)
    ChapterText.objects.bulk_create(texts)
    book.title = (title or read.title or book.title)[:TITLE_LENGTH]
    book.author = read.author[:TITLE_LENGTH]
    book.language, book.format, book.encoding = read.language[:8], read.format, read.encoding[:30]
    book.text_hash, book.warnings = digest, list(read.warnings)
    book.words = sum(chapter.words for chapter in chapters)
    book.status = Book.Status.READY
    book.save()
    return chapters
