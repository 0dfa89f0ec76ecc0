"""The process that reads one file, and what it may take. Knows no Django: it has no settings.

Standard input: one line of JSON with `seconds` and what else the reader is told, then the bytes of the file.
Standard output: one JSON document, {"read": ...} or {"error": {"code", "message"}}.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from typing import Any

from storyforge.core.errors import FileTooLarge, StoryforgeError

MEMORY_BYTES = 1 << 30
LOG_BYTES = 64 * 1024


def serve(read: Callable[[bytes, dict[str, Any]], object]) -> None:
    """Read the request, limit this process, answer."""
    told = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    limit_process(int(told["seconds"]))
    sys.stdout.buffer.write(_answer(read, data, told))


def _answer(
    read: Callable[[bytes, dict[str, Any]], object], data: bytes, told: dict[str, Any]
) -> bytes:
    try:
        answer: dict[str, object] = {"read": read(data, told)}
    except StoryforgeError as error:
        answer = {"error": {"code": error.code, "message": error.message}}
    except MemoryError:
        message = "Reading this file needs more memory than is allowed."
        answer = {"error": {"code": FileTooLarge.code, "message": message}}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")


def limit_process(seconds: int) -> None:
    """Cap memory, processor time and files, for what the parsers in C might do."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # The soft limit ends the process by a signal; the hard one is the second chance.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LOG_BYTES, LOG_BYTES))
