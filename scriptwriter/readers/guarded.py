"""Read a book file in a child process with limits on time, memory and output."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from scriptwriter.readers import limits
from scriptwriter.readers.kinds import extension
from scriptwriter.readers.types import ChapterSpan, ReadBook
from storyforge.core.errors import (
    FileTooLarge,
    StoryforgeError,
    UnreadableFile,
    UnsupportedFormat,
)

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-P", "-s", "-B", "-X", "utf8", "-m", "scriptwriter.readers.child")
# Nothing of the parent's environment: no settings, no keys.
ENVIRONMENT = {"PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
ERRORS: dict[str, type[StoryforgeError]] = {
    error.code: error for error in (UnreadableFile, FileTooLarge, UnsupportedFormat)
}
STOPPED = "The file could not be read: the reader stopped on it."
LATE = "Reading this file takes longer than is allowed."
CHUNK = 1 << 20
GRACE_SECONDS = 2.0


def read_book_guarded(data: bytes, filename: str, *, seconds: float | None = None) -> ReadBook:
    """Read a book as `read_book` does, but in a process that cannot harm this one.

    `seconds` caps wall and processor time; the default is 20, for a PDF 60. Raises
    UnreadableFile, UnsupportedFormat or FileTooLarge, also for time, memory and crashes.
    """
    if len(data) > limits.BOOK_FILE_BYTES:
        raise FileTooLarge(f"The file is larger than {limits.megabytes(limits.BOOK_FILE_BYTES)}.")
    allowed = seconds if seconds is not None else _seconds(filename)
    answer = _run(data, filename, allowed)
    if "error" in answer:
        error = answer["error"]
        raise ERRORS.get(error["code"], UnreadableFile)(error["message"])
    return _book(answer["book"])


def _seconds(filename: str) -> float:
    return limits.PDF_SECONDS if extension(filename) == "pdf" else limits.CHILD_SECONDS


def _run(data: bytes, filename: str, seconds: float) -> dict[str, Any]:
    # Files instead of pipes for input and log: nothing can block on them.
    with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as log:
        header = {"filename": filename, "seconds": max(round(seconds), 1)}
        request.write(json.dumps(header).encode() + b"\n")
        request.write(data)
        request.seek(0)
        child = subprocess.Popen(  # noqa: S603 - a fixed command
            COMMAND,
            stdin=request,
            stdout=subprocess.PIPE,
            stderr=log,
            env=ENVIRONMENT,
            cwd=PROJECT,
            close_fds=True,
        )
        try:
            output = _output(child, time.monotonic() + seconds)
            code = child.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise FileTooLarge(LATE) from error
        finally:
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        return _answer(output, code, log)


def _output(child: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Read until the child closes its output; kill it when it is late or talks too much."""
    if child.stdout is None:
        raise UnreadableFile(STOPPED)
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            raise FileTooLarge(LATE)
        chunk = os.read(child.stdout.fileno(), CHUNK)
        if not chunk:
            return b"".join(parts)
        size += len(chunk)
        if size > limits.CHILD_OUTPUT_BYTES:
            raise FileTooLarge("The text of this file is longer than is allowed.")
        parts.append(chunk)


def _answer(output: bytes, code: int, log: IO[bytes]) -> dict[str, Any]:
    if code == 0:
        answer: dict[str, Any] = json.loads(output)
        return answer
    if code == -signal.SIGXCPU:
        raise FileTooLarge(LATE)
    log.seek(0)
    tail = log.read(limits.CHILD_LOG_BYTES).decode("utf-8", "replace")[-2000:]
    logger.error("book reader ended: exit_code=%s log=%r", code, tail)
    raise UnreadableFile(STOPPED)


def _book(stored: dict[str, Any]) -> ReadBook:
    chapters = tuple(ChapterSpan(**chapter) for chapter in stored.pop("chapters"))
    warnings = tuple(stored.pop("warnings"))
    return ReadBook(chapters=chapters, warnings=warnings, **stored)
