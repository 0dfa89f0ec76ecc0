"""Files on their way into worlds: looked at, kept, read by a job in a process of its own, gone with the job."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from storyforge.accounts.models import User
from storyforge.core.errors import FileTooLarge, StateConflict, StoryforgeError
from storyforge.core.guarded import Reader
from storyforge.core.strict import MalformedJson
from storyforge.jobs.create import create_job
from storyforge.jobs.execution import released_db
from storyforge.jobs.models import Job
from storyforge.jobs.signals import job_created, job_finished
from storyforge.money.storage import make_room
from storyforge.projects.models import Project
from worldgen.errors import UploadGone
from worldgen.exchange.vocabulary import MOST_BYTES as MOST_BYTES_OF_NAMES
from worldgen.exchange.vocabulary import (
    MOST_KEPT,
    UnreadableVocabulary,
    VocabularyFull,
    named,
)
from worldgen.exchange.world_json import TAKEN, UnreadableWorld
from worldgen.models import Campaign, WorldUpload
from worldgen.runs.run_life import as_owner

WORLD = "world.import"
VOCABULARY = "world.vocabulary"
KINDS = (WORLD, VOCABULARY)
MOST_BYTES = 8 * 1024 * 1024  # of a world; a large one has about two million
READING_SECONDS = 20  # 8 MB of strict JSON take one
READER = Reader(
    module="storyforge.core.json_child",
    stopped="The file could not be read: the reader stopped on it.",
    errors=(MalformedJson,),
)
_FIRST = re.compile(rb"[ \t\r\n]*+(.?)")


def listen() -> None:
    """Hear of imports that are asked for again, and of those that end."""
    job_created.connect(_on_created, dispatch_uid="worldgen.import.created")
    job_finished.connect(_on_finished, dispatch_uid="worldgen.import.finished")


def _on_created(job: Job, **_: Any) -> None:
    """A retry has no file to read. Raises `UploadGone`."""
    if job.kind in KINDS and job.retry_of_id:
        raise UploadGone


def _on_finished(job: Job, **_: Any) -> None:
    if job.kind in KINDS:
        with as_owner(job):
            WorldUpload.objects.filter(job=job).delete()


def stage_world(
    *,
    project: Project,
    actor: User,
    upload: UploadedFile[bytes],
    name: str = "",
    dry_run: bool = False,
) -> Job:
    """Keep a world file and ask for its import, in one transaction.

    Raises `MalformedJson` and `UnreadableWorld` for what shows at a glance, `StateConflict` for a name that
    is taken, `FileTooLarge` and `StorageFull`.
    """
    content = content_of(upload, most=MOST_BYTES)
    _glance(content, begins=b"{", refusal=UnreadableWorld("This is no world: it is no object."))
    if name and not dry_run and Campaign.objects.filter(project=project, name=name).exists():
        raise StateConflict(TAKEN)
    upload_id = uuid4()
    return _stage(
        WorldUpload(pk=upload_id, project=project, filename=_name(upload), content=content),
        actor=actor,
        kind=WORLD,
        target=("worldupload", upload_id),
        payload={"name": name, "dry_run": dry_run},
    )


def stage_vocabulary(
    *, campaign: Campaign, actor: User, upload: UploadedFile[bytes], **told: str
) -> Job:
    """Keep a file of names and ask for its import, in one transaction.

    Raises `MalformedJson`, `UnreadableVocabulary`, `VocabularyFull`, `FileTooLarge` and `StorageFull`.
    """
    content = content_of(upload, most=MOST_BYTES_OF_NAMES)
    _glance(content, begins=b"[{", refusal=UnreadableVocabulary("This is no list of records."))
    if named(campaign).count() >= MOST_KEPT:
        raise VocabularyFull(f"A campaign holds at most {MOST_KEPT:,} names.")
    project = campaign.project
    return _stage(
        WorldUpload(project=project, filename=_name(upload), content=content),
        actor=actor,
        kind=VOCABULARY,
        target=("campaign", campaign.pk),
        payload={key: value for key, value in told.items() if value},
    )


def content_of(upload: UploadedFile[bytes], *, most: int) -> bytes:
    """The bytes of an upload. Raises `FileTooLarge` before they are read."""
    if (upload.size or 0) > most:
        raise FileTooLarge(f"At most {most // 1024 // 1024} MB.")
    upload.seek(0)
    content: bytes = upload.read()
    return content


def fingerprint(upload: UploadedFile[bytes]) -> dict[str, str]:
    """What tells one file from another, for `Idempotency-Key`; read in pieces."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return {"filename": upload.name or "", "sha256": digest.hexdigest()}


def read_guarded(content: bytes) -> Any:
    """The JSON of a file, read in a child process. Raises `MalformedJson` and `FileTooLarge`."""
    with released_db():
        return READER.read(content, seconds=READING_SECONDS)


def upload_of(job: Job) -> WorldUpload:
    """The file of a job. Raises `UploadGone`."""
    found: WorldUpload | None = WorldUpload.objects.filter(job=job).first()
    if found is None:
        raise UploadGone
    return found


def _glance(content: bytes, *, begins: bytes, refusal: StoryforgeError) -> None:
    """Refuse at once what is no text or no JSON of the right sort; the job reads the rest."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson("Not UTF-8.") from error
    first = _FIRST.match(content)
    if first is None or not first[1] or first[1] not in begins:
        raise refusal


def _name(upload: UploadedFile[bytes]) -> str:
    return (upload.name or "world.json").replace("\0", "")[:255]


@transaction.atomic
def _stage(
    upload: WorldUpload,
    *,
    actor: User,
    kind: str,
    target: tuple[str, UUID],
    payload: dict[str, Any],
) -> Job:
    make_room(upload.project.owner_id, len(upload.content))
    upload.job = create_job(
        kind,
        project=upload.project,
        actor=actor,
        target_type=target[0],
        target_id=target[1],
        payload=payload,
    )
    upload.save(force_insert=True)
    return upload.job
