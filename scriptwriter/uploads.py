"""Taking a file from a request, with its size bounded before anything is read."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from storyforge.core.errors import FileTooLarge, UnreadableFile


def take(upload: UploadedFile[bytes] | None, *, most: int | None = None) -> tuple[str, bytes]:
    """The file's name and bytes; raises `UnreadableFile` for none or an empty one, `FileTooLarge`.

    `most` bytes are allowed where that is less than `UPLOAD_MAX_MB`.
    """
    if upload is None:
        raise UnreadableFile("Send one file in the field `file`.")
    limit = min(settings.UPLOAD_MAX_BYTES, most or settings.UPLOAD_MAX_BYTES)
    if (upload.size or 0) > limit:
        raise FileTooLarge(f"This file is larger than {limit // 1024 // 1024} MB.")
    content = upload.read()
    if not content:
        raise UnreadableFile("This file is empty.")
    return upload.name or "book", content
