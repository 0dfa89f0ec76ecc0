"""The process that reads one book: `python -m scriptwriter.readers.child`, see `storyforge.core.confined`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scriptwriter.readers.read import read_book
from storyforge.core.confined import serve


def read(data: bytes, told: dict[str, Any]) -> dict[str, Any]:
    """The book as plain values."""
    return asdict(read_book(data, str(told["filename"])))


if __name__ == "__main__":
    serve(read)
