"""Whether the collected static files are those of this code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from storyforge.launcher.paths import PROJECT, Home

SOURCES = ("static", "storyforge/*/static", "canon/static", "scriptwriter/static")


def fingerprint() -> str:
    """Changes when one of our files does, or a package that brings files of its own."""
    digest = hashlib.sha256((PROJECT / "requirements.txt").read_bytes())
    for path in _files():
        status = path.stat()
        digest.update(f"{path.relative_to(PROJECT)} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def are_collected(home: Home) -> bool:
    """Whether `collected` was called for the same files."""
    stamp = _stamp(home)
    return stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint()


def collected(home: Home) -> None:
    """Note that the static files have just been collected."""
    _stamp(home).write_text(fingerprint(), encoding="ascii")


def _stamp(home: Home) -> Path:
    return home.data / "static" / ".collected"


def _files() -> Iterator[Path]:
    for source in SOURCES:
        for folder in sorted(PROJECT.glob(source)):
            yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
