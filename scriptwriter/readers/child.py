"""The process that reads one file: `python -m scriptwriter.readers.child`.

Standard input: one line of JSON with `filename` and `seconds`, then the bytes of the file.
Standard output: one JSON document, {"book": ...} or {"error": {"code", "message"}}.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from scriptwriter.readers import limits
from scriptwriter.readers.read import read_book
from storyforge.core.errors import FileTooLarge, StoryforgeError


def main() -> None:
    """Read the request, limit this process, answer."""
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    limit_process(int(header["seconds"]))
    sys.stdout.buffer.write(_answer(data, str(header["filename"])))


def _answer(data: bytes, filename: str) -> bytes:
    try:
        answer: dict[str, object] = {"book": asdict(read_book(data, filename))}
    except StoryforgeError as error:
        answer = {"error": {"code": error.code, "message": error.message}}
    except MemoryError:
        message = "Reading this file needs more memory than is allowed."
        answer = {"error": {"code": FileTooLarge.code, "message": message}}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")


def limit_process(seconds: int) -> None:
    """Cap memory, processor time and files, for what the parsers in C might do."""
    memory = limits.CHILD_MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The soft limit ends the process by a signal; the hard one is the second chance.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.CHILD_LOG_BYTES, limits.CHILD_LOG_BYTES))


if __name__ == "__main__":
    main()
