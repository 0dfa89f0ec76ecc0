"""Making scripts: by hand, from a file."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.db import transaction

from canon.models import Lock
from scriptwriter.formats.elements import Document, Kind
from scriptwriter.formats.fountain import parse, print_document
from scriptwriter.formats.scenes import scenes
from scriptwriter.models import Chapter, SceneCard, Script
from scriptwriter.readers.encodings import decode
from scriptwriter.versions import By, ScenePart, add_version
from storyforge.accounts.models import User
from storyforge.core.errors import FileTooLarge, UnreadableFile
from storyforge.generation.models import Made
from storyforge.projects.models import Project

MOST_BYTES = 2 * 1024 * 1024  # of a Fountain file; a film has about 200,000
MOST_LINES = 30_000  # with notes; a film has about 7,000
HIDING = ("[[", "/*", "*/")  # each may be an element of its own, many to a line


def new_script(
    *, project: Project, set_genre: str = "", set_tone: str = "", **fields: Any
) -> Script:
    """Make a script; genre and tone go into its lock, where they stay for all versions."""
    characters = fields.pop("characters", [])
    with transaction.atomic():
        lock = fields.pop("lock", None)
        if set_genre or set_tone:
            lock = Lock.objects.create(project=project, genre=set_genre, tone=set_tone)
        script = Script.objects.create(project=project, lock=lock, **fields)
        script.characters.set(characters)
    return script


def first_script(chapter: Chapter) -> Script | None:
    """The script that adaptations of this chapter are versions of."""
    return chapter.scripts.order_by("created_at").first()


def parts_of(document: Document) -> list[ScenePart]:
    """A document cut into scenes, each as Fountain text with its heading on the card."""
    parts = []
    for piece in scenes(document):
        first = piece.elements[0]
        heading = first if first.kind == Kind.HEADING else None
        text = print_document(Document(elements=piece.elements))
        card = SceneCard(setting=heading.text[:200] if heading else "")
        parts.append(
            ScenePart(text=text, card=card, number_label=heading.number[:12] if heading else "")
        )
    return parts


def import_fountain(project: Project, *, author: User, filename: str, content: bytes) -> Script:
    """A Fountain file as a script with one version; raises `UnreadableFile` and `FileTooLarge`."""
    document = parse(_bounded(content))
    if not document.elements:
        raise UnreadableFile("There is no script in this file.")
    pages = [list(entry) for entry in document.title_page]
    titles = [value for key, value in document.title_page if key.lower() == "title"]
    title = " ".join(titles[0].split()) if titles else PurePath(filename).stem
    with transaction.atomic():
        script = new_script(project=project, title=title[:300])
        add_version(
            script,
            parts_of(document),
            by=By(author=author, made=None),
            message=f"Imported from {filename}"[:300],
            title_page=pages,
        )
    return script


def _bounded(content: bytes) -> str:
    """The text of a file that is parsed in the process of the web, and so within a second."""
    text = decode(content).text if len(content) <= MOST_BYTES else None
    if text is None or len(text.splitlines()) + sum(map(text.count, HIDING)) > MOST_LINES:
        raise FileTooLarge(
            f"A script has at most {MOST_BYTES:,} bytes and {MOST_LINES:,} lines and notes."
        )
    return text


def made_by(made: Made) -> By:
    """The author of a generated version: whoever asked for the job."""
    return By(author=made.job.actor, made=made)
