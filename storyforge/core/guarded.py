"""Read what came from outside in a child process with limits on time, memory and output.

The other side is `confined`: a module that ends in `confined.serve(read)` is run as `python -m`, gets the bytes,
and answers with plain values or with an error that it may give.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from storyforge.core.confined import LOG_BYTES
from storyforge.core.errors import FileTooLarge, StoryforgeError

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]
PYTHON = (sys.executable, "-P", "-s", "-B", "-X", "utf8")
# Nothing of the parent's environment: no settings, no keys.
ENVIRONMENT = {"PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
LATE = "Reading this file takes longer than is allowed."
TOO_MUCH = "The text of this file is longer than is allowed."
OUTPUT_BYTES = 64 << 20
CHUNK = 1 << 20
GRACE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """A module that reads files, and the errors it may answer with.

    The first of them stands for a crash of it, in the words `stopped`.
    """

    module: str
    stopped: str
    errors: tuple[type[StoryforgeError], ...]

    def read(self, data: bytes, *, seconds: float, **told: Any) -> Any:
        """What the module makes of the bytes, as JSON holds it; `told` goes along.

        `seconds` caps wall and processor time. Raises one of `errors`, also for a crash, or `FileTooLarge`
        for too much time, memory or output.
        """
        answer = self._run(data, seconds, told)
        if "error" in answer:
            error = answer["error"]
            kinds: tuple[type[StoryforgeError], ...] = (FileTooLarge, *self.errors)
            known = {each.code: each for each in kinds}
            raise known.get(error["code"], self.errors[0])(error["message"])
        return answer["read"]

    def _run(self, data: bytes, seconds: float, told: dict[str, Any]) -> dict[str, Any]:
        # Files instead of pipes for input and log: nothing can block on them.
        with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as log:
            header = {**told, "seconds": max(round(seconds), 1)}
            request.write(json.dumps(header).encode() + b"\n")
            request.write(data)
            request.seek(0)
            child = subprocess.Popen(  # noqa: S603 - a fixed command
                (*PYTHON, "-m", self.module),
                stdin=request,
                stdout=subprocess.PIPE,
                stderr=log,
                env=ENVIRONMENT,
                cwd=PROJECT,
                close_fds=True,
            )
            try:
                output = self._output(child, time.monotonic() + seconds)
                code = child.wait(timeout=GRACE_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise FileTooLarge(LATE) from error
            finally:
                child.kill()
                child.wait()
                if child.stdout is not None:
                    child.stdout.close()
            return self._answer(output, code, log)

    def _output(self, child: subprocess.Popen[bytes], deadline: float) -> bytes:
        """Read until the child closes its output; give up when it is late or talks too much."""
        if child.stdout is None:
            raise self.errors[0](self.stopped)
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
            if size > OUTPUT_BYTES:
                raise FileTooLarge(TOO_MUCH)
            parts.append(chunk)

    def _answer(self, output: bytes, code: int, log: IO[bytes]) -> dict[str, Any]:
        if code == 0:
            answer: dict[str, Any] = json.loads(output)
            return answer
        if code == -signal.SIGXCPU:
            raise FileTooLarge(LATE)
        log.seek(0)
        tail = log.read(LOG_BYTES).decode("utf-8", "replace")[-2000:]
        logger.error("%s ended: exit_code=%s log=%r", self.module, code, tail)
        raise self.errors[0](self.stopped)
