"""A book as it was brought, and what reading it found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from canon.models import Character
from storyforge.money.storage import counted
from storyforge.projects.models import ProjectContent


class Book(ProjectContent):
    """A book of prose: its text as read, its chapters, its cast.

    `reading` until its import job completes; `unreadable` when the file is none we can read, and why
    stands in that job.
    """

    class Status(models.TextChoices):
        READING = "reading"
        READY = "ready"
        UNREADABLE = "unreadable"

    title = models.CharField(max_length=300)
    author = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text="ISO 639-1, such as en.")
    genre = models.CharField(max_length=50, blank=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.READING, editable=False
    )
    format = models.CharField(max_length=10, blank=True, editable=False)
    encoding = models.CharField(max_length=30, blank=True, editable=False)
    text_hash = models.CharField(max_length=64, blank=True, editable=False)
    words = models.PositiveIntegerField(default=0, editable=False)
    warnings = ArrayField(models.TextField(), default=list, editable=False)
    analyzed_at = models.DateTimeField(null=True, editable=False)
    characters = models.ManyToManyField(Character, related_name="books", blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class BookFile(ProjectContent):
    """The file as uploaded and the text decoded from it; chapters point into that text."""

    book = models.OneToOneField(Book, models.CASCADE, related_name="file")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    text = models.TextField(blank=True)

    class Meta(ProjectContent.Meta):
        triggers = counted("content")

    def __str__(self) -> str:
        return self.filename


class Chapter(ProjectContent):
    """A division of a book: `start` to `end` of its decoded text, heading included."""

    book = models.ForeignKey(Book, models.CASCADE, related_name="chapters")
    number = models.PositiveIntegerField(help_text="Place in the book, from 1.")
    label = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    level = models.PositiveSmallIntegerField(default=1)
    start = models.PositiveIntegerField()
    body = models.PositiveIntegerField(help_text="Where the text after the heading starts.")
    end = models.PositiveIntegerField()
    words = models.PositiveIntegerField(default=0)
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="chapter_number"),
            models.CheckConstraint(
                condition=Q(start__lte=models.F("body"), body__lte=models.F("end")),
                name="chapter_span",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChapterText(ProjectContent):
    """The normalized text of a chapter, without its heading; immutable, all spans are offsets into it."""

    chapter = models.OneToOneField(Chapter, models.CASCADE, related_name="text")
    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    def __str__(self) -> str:
        return self.sha256[:12]


class Place(ProjectContent):
    """Somewhere the book goes."""

    book = models.ForeignKey(Book, models.CASCADE, related_name="places")
    name = models.CharField(max_length=200)
    mentions = models.PositiveIntegerField(default=0)
    interior = models.BooleanField(null=True)

    class Meta:
        ordering = ["-mentions", "name"]
        constraints = [models.UniqueConstraint(fields=["book", "name"], name="place_once")]

    def __str__(self) -> str:
        return self.name


class ChapterScene(ProjectContent):
    """A scene as found in a chapter: a span with place, time and cast where the words say them."""

    chapter = models.ForeignKey(Chapter, models.CASCADE, related_name="scenes")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    place = models.CharField(max_length=200, blank=True)
    interior = models.BooleanField(null=True)
    time = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    cast = models.ManyToManyField(Character, related_name="+", blank=True)

    class Meta:
        ordering = ["chapter", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chapter", "number"], name="chapter_scene_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.place or 'place not stated'}"
