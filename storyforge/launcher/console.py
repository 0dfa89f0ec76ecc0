"""What the launcher says to the person at the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

TAIL_LINES = 15


def say(text: str) -> None:
    """One line on standard output, at once also when it is a pipe."""
    print(text, flush=True)


def complain(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr, flush=True)


def tail(log: Path) -> str:
    """The last lines of a log, indented, with a line that names the file."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except FileNotFoundError:
        return f"There is no log at {log}."
    return "\n".join([f"The last lines of {log}:", *(f"  {line}" for line in lines)])
